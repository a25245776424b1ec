"""One's own data: taking it along, and deleting the account."""

import json

from fastapi import Response
from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, customers_only, redirect
from marketry_users.customers import own
from marketry_users.inputs import Proving
from marketry_users.leaving import leave, own_data
from marketry_users.proving import prove
from marketry_users.routes.answers import page

router = Router(private=True)


@router.get("/account/data")
@customers_only
def data(ctx: Ctx) -> Response:
    return _page(ctx)


@router.post("/account/data/export")
@customers_only
def export(ctx: Ctx) -> Response:
    """A file for the customer, and for whatever service they take it to (GDPR, article 20)."""
    body = json.dumps(own_data(ctx), ensure_ascii=False, indent=2)
    name = f"data-{ctx.now():%Y-%m-%d}.json"
    return Response(body, media_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.post("/account/data/delete")
@customers_only
async def delete(ctx: Ctx, form: Form) -> Response:
    try:
        await prove(ctx, form.parse(Proving).password)
        return await run_in_threadpool(_left, ctx)
    except Refused as refused:
        return await run_in_threadpool(_page, ctx, refused)


def _left(ctx: Context) -> Response:
    response = redirect(ctx, "/account/sign-in", ctx.gettext("Your account is deleted. Thank you for having been with us."))
    leave(ctx, response)
    return response


def _page(ctx: Context, refused: Refused | None = None) -> Response:
    with ctx.reading():
        customer = own(ctx)
    return page(ctx, "users/data.html", refused, customer=customer)

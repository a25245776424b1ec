"""The form on public product pages. Those hold no token; the kernel's origin check guards it."""

from hashlib import sha256
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from marketry import Context
from marketry.commerce.people import CustomerBook
from marketry.web import Ctx, Form, Router, public, rate_limit, render
from marketry.web.values import ActorKind
from marketry_backinstock.asking import ask

router = Router()
PLAIN = r"^[^\x00-\x1f\x7f]+$"
ADDRESS = r"^[^@\s\x00-\x1f<>,;:\"\\()\[\]]{1,64}@[^@\s.<>,;:\"\\()\[\]]+(\.[^@\s.<>,;:\"\\()\[\]]+)+$"


class AskForm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    sku: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=PLAIN)]
    email: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=ADDRESS)]


@router.post("/back-in-stock")
@public
def add(ctx: Ctx, form: Form) -> Response:
    """The answer says whether a mail must be looked for, and nothing of who waits already."""
    sent = form.parse(AskForm)
    host = ctx.request.client.host if ctx.request and ctx.request.client else ""
    rate_limit(ctx, f"backinstock.from:{host}", "20/hour")
    rate_limit(ctx, f"backinstock.to:{sha256(sent.email.encode()).hexdigest()}", "10/hour")
    own = _own_address(ctx) == sent.email
    with ctx.writing():
        ask(ctx, sent.sku, sent.email)
    return render(ctx, "backinstock/answer.html", "answer", own=own, email=sent.email)


@router.get("/back-in-stock/form")
@public
def form(ctx: Ctx, sku: Annotated[str, Query(min_length=1, max_length=128, pattern=PLAIN)]) -> Response:
    """The form with a customer's own address filled in, for the island."""
    return render(ctx, "backinstock/form.html", sku=sku, email=_own_address(ctx))


def _own_address(ctx: Context) -> str:
    book = ctx.service(CustomerBook)  # type: ignore[type-abstract]
    if book is None or ctx.actor.kind is not ActorKind.CUSTOMER:
        return ""
    customer = book.customer(ctx, ctx.actor.id)
    return customer.email if customer is not None and customer.verified else ""

"""The page on which a guest finds an order again."""

from collections.abc import Sequence

from starlette.responses import Response

from marketry import Context
from marketry.problems import Problem, Refused, invalid
from marketry.web import Ctx, Form, FormValues, Router, public, redirect, render
from marketry_orders.looking_up import look_up
from marketry_orders.routes.cookies import keep_order

router = Router(private=True)


@router.get("/orders/find")
@public
def ask(ctx: Ctx) -> Response:
    return _page(ctx)


@router.post("/orders/find")
@public
def find(ctx: Ctx, form: Form) -> Response:
    """The token goes into the browser's cookie; the address that follows holds the number alone."""
    missing = _missing(ctx, form)
    if missing:
        return _page(ctx, form, missing, 422)
    try:
        number, token = look_up(ctx, form.get("number"), form.get("email"))
    except Refused as refused:
        return _page(ctx, form, refused.problems, refused.status)
    response = redirect(ctx, f"/orders/{number}")
    keep_order(ctx, response, token)
    return response


def _missing(ctx: Context, form: FormValues) -> list[Problem]:
    asked = {"number": ctx.gettext("Type the order's number."), "email": ctx.gettext("Type the e-mail address you ordered with.")}
    return [invalid("required", words, name).problems[0] for name, words in asked.items() if not form.get(name).strip()]


def _page(ctx: Context, form: FormValues | None = None, problems: Sequence[Problem] = (), status: int = 200) -> Response:
    typed = {name: form.get(name) if form else "" for name in ("number", "email")}
    return render(ctx, "orders/find.html", "find", status=status, typed=typed, problems=problems)

"""Name, language and consent to news."""

from fastapi import Response

from marketry import Context
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, customers_only, redirect
from marketry_users.consents import WORDING
from marketry_users.customers import own
from marketry_users.inputs import Profile
from marketry_users.profile import change_profile
from marketry_users.routes.answers import page

router = Router(private=True)


@router.get("/account/details")
@customers_only
def details(ctx: Ctx) -> Response:
    with ctx.reading():
        customer = own(ctx)
    return _page(ctx, {"name": customer.name, "locale": customer.locale, "marketing": "1" if customer.marketing else ""})


@router.post("/account/details")
@customers_only
def change(ctx: Ctx, form: Form) -> Response:
    try:
        wanted = form.parse(Profile)
        with ctx.writing():
            ticked = Profile(name=wanted.name or "", locale=wanted.locale, marketing=bool(wanted.marketing))
            change_profile(ctx, own(ctx), ticked, "account")
    except Refused as refused:
        return _page(ctx, form.values, refused)
    return redirect(ctx, "/account/details", ctx.gettext("Saved."))


def _page(ctx: Context, values: dict[str, str], refused: Refused | None = None) -> Response:
    locales = [(code, ctx.runtime.i18n.language_name(code)) for code in ctx.site.locales]
    return page(ctx, "users/details.html", refused, values=values, locales=locales, wording=ctx.gettext(WORDING))

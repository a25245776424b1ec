"""Changing one's own name, language and consent to news."""

from marketry import Context
from marketry.problems import invalid
from marketry_users.consents import record_consent
from marketry_users.customers import name_key
from marketry_users.inputs import Profile
from marketry_users.models import Customer


def change_profile(ctx: Context, customer: Customer, wanted: Profile, source: str) -> None:
    """Take over what is given. 422 for a language that the shop doesn't speak. Inside `ctx.writing()`."""
    if wanted.locale is not None:
        if wanted.locale not in ctx.site.locales:
            raise invalid("unknown_locale", ctx.gettext("This shop doesn't speak that language."), "locale")
        customer.locale = wanted.locale
    if wanted.name is not None:
        customer.name, customer.name_key = wanted.name, name_key(wanted.name)
    ctx.session.flush()
    if wanted.marketing is not None:
        record_consent(ctx, customer, wanted.marketing, source)

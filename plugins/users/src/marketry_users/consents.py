"""Yes and no to news: what holds now stands with the customer, each change in a row of its own, for proof (GDPR, article 7)."""

from marketry import Context
from marketry_users.models import Consent, Customer

WORDING = "Write to me about new things and offers. I can stop this at any time."  # also the label of the box


def record_consent(ctx: Context, customer: Customer, given: bool, source: str) -> None:
    """Note that `customer` said yes or no. `source` is where: `registration`, `newsletter`, `account`, `mail`, `api`, `staff`.
    To say again what holds already changes nothing."""
    if customer.marketing == given:
        return
    customer.marketing = given
    customer.marketing_at, customer.marketing_source = (ctx.now(), source) if given else (None, "")
    ctx.session.add(
        Consent(
            customer_id=customer.id, at=ctx.now(), given=given, source=source,
            wording=ctx.gettext(WORDING) if given else "", locale=ctx.locale,
        )
    )  # fmt: skip
    ctx.session.flush()

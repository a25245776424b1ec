"""The buyer comes back from a gateway: what the address says proves nothing, so the gateway is asked."""

from marketry import Context
from marketry.commerce.payment import ProviderKind
from marketry.telemetry import log
from marketry_orders.domain.ledger import OPEN_STATES
from marketry_orders.fetching import fetch_payment
from marketry_orders.models import Payment


def look_again(ctx: Context, order_id: int, payment_id: str) -> None:
    """Ask how the payment stands, if it is one of this order's that is still open. Trouble is left to notices and the poller:
    the page says that the shop is waiting. Not inside a unit of work."""
    with ctx.reading() as session:
        payment = session.get(Payment, payment_id)
        asked = payment is not None and payment.order_id == order_id and payment.kind == ProviderKind.REMOTE
        waiting = asked and payment is not None and payment.state in OPEN_STATES
    if not waiting:
        return
    try:
        fetch_payment(ctx, payment_id)
    except Exception as error:
        log.warning("return_not_settled", payment=payment_id, error=repr(error))

"""What a provider is told of a payment."""

from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlmodel import col

from marketry import Context, Problem, Refused
from marketry.commerce.addresses import Address
from marketry.commerce.money import Money
from marketry.commerce.payment import Charge, Instrument, PaymentProvider
from marketry_orders.books import UNSETTLED
from marketry_orders.models import Operation, Order, Payment
from marketry_orders.wallet import instrument_of, is_known, own, saved_by

_UNSETTLED_REFUNDS = (
    select(col(Operation.id))
    .where(
        col(Operation.payment_id) == bindparam("payment"), col(Operation.kind) == "refund", col(Operation.state).in_(UNSETTLED)
    )
    .order_by(col(Operation.requested_at))
)


def charge_of(ctx: Context, order: Order, payment: Payment, *, return_url: str = "", cancel_url: str = "") -> Charge:
    """The charge of an attempt, the same at every call: its key is the attempt's id. Inside a unit of work."""
    return Charge(
        key=payment.id,
        order_number=order.number,
        amount=Money(payment.amount, payment.currency),
        method=payment.provider,
        return_url=return_url,
        cancel_url=cancel_url,
        email=order.email,
        locale=order.locale,
        description=ctx.with_locale(order.locale).gettext("Order %(number)s", number=order.number),
        billing_address=_address(order.billing_address),
        shipping_address=_address(order.shipping_address),
        remote_id=payment.remote_id,
        data=payment.data,
        customer=order.customer,
        created_at=payment.created_at,
        save_instrument=payment.saves,
        saved=_beside(ctx, order, payment) if payment.saves else (),
        instrument=_instrument(ctx, order, payment),
    )


def _beside(ctx: Context, order: Order, payment: Payment) -> tuple[Instrument, ...]:
    """What the customer had at this provider when the attempt was made, so that asking again asks the same."""
    found = saved_by(ctx, order.customer, payment.provider) if order.customer else ()
    provider, earlier = ctx.runtime.provider(payment.provider), [one for one in found if one.created_at < payment.created_at]
    return tuple(instrument_of(one) for one in sorted(earlier, key=lambda one: one.id) if is_known(ctx, provider, one))


def _instrument(ctx: Context, order: Order, payment: Payment) -> Instrument | None:
    """Not where it was removed meanwhile, or the keys were changed: then the buyer is asked as any other."""
    found = own(ctx, order.customer, payment.instrument_id)
    return instrument_of(found) if found and is_known(ctx, ctx.runtime.provider(payment.provider), found) else None


def provider_of(ctx: Context, payment: Payment) -> PaymentProvider:
    """The provider that took the payment; refuses when its plugin is gone (its money can't be moved by anyone else)."""
    provider = ctx.runtime.provider(payment.provider)
    if provider is None:
        message = ctx.gettext(
            "The plugin of the payment method %(code)s is not enabled. Enable it, then try again.", code=payment.provider
        )
        raise Refused(Problem("provider_missing", message, plugin="orders", status=409))
    return provider


def load_charge(ctx: Context, payment_id: str, *operations: str) -> tuple[Payment, Charge]:
    """The charge of `payment_id`, read in a unit of work of its own so that the provider is called outside it. Its
    `operations` are the refunds whose end isn't known, and those given here."""
    with ctx.reading() as session:
        row = session.execute(
            select(Order, Payment).join(Payment, Payment.order_id == Order.id).where(Payment.id == payment_id)  # type: ignore[arg-type]
        ).one()
        asked = session.scalars(_UNSETTLED_REFUNDS, {"payment": payment_id}).all()
        charge = charge_of(ctx, row[0], row[1])
    return row[1], replace(charge, operations=tuple(dict.fromkeys((*asked, *filter(None, operations)))))


def _address(values: dict[str, str] | None) -> Address | None:
    return Address(**values) if values else None

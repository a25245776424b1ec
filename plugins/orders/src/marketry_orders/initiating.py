"""Asking remote providers to collect: after the commit, outside any transaction, idempotent by the attempt's key.

Done at once by whoever placed the order, and by a job some seconds later in case that process died between the two.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select, update

from marketry import Context
from marketry.commerce.payment import AttemptState, Charge, ProviderKind, Snapshot, Vault
from marketry.problems import Problem, Refused
from marketry.telemetry import log
from marketry_orders.access import order_link, return_address
from marketry_orders.books import books_of
from marketry_orders.charges import load_charge, provider_of
from marketry_orders.locking import lock_order_of
from marketry_orders.models import Order, Payment
from marketry_orders.operations import request
from marketry_orders.settling import perform_here, settle

INITIATE_JOB = "orders.initiate"
JOB_DELAY_SECONDS = 30.0
GIVEN_UP = (AttemptState.FAILED, AttemptState.CANCELLED, AttemptState.EXPIRED)
_payments = Payment.__table__  # type: ignore[attr-defined]
_orders = Order.__table__  # type: ignore[attr-defined]
_WAITING = (
    select(_payments.c.id)
    .join(_orders, _orders.c.id == _payments.c.order_id)
    .where(
        _orders.c.number == bindparam("number"), _payments.c.kind == ProviderKind.REMOTE.value,
        _payments.c.state == AttemptState.CREATED.value, _payments.c.initiated_at.is_(None),
    )
    .order_by(_payments.c.position)
)  # fmt: skip


def initiate_order(ctx: Context, number: str) -> None:
    """Start every remote payment of the order that was not started yet. A gateway that can't be reached is left to the job."""
    with ctx.reading() as session:
        waiting = session.execute(_WAITING, {"number": number}).scalars().all()
    for payment in waiting:
        try:
            initiate_payment(ctx, payment)
        except Exception:  # the order stands; its page says that payment is being prepared
            log.exception("payment_not_initiated", payment=payment)


def initiate_payment(ctx: Context, payment_id: str) -> None:
    """Ask the provider and settle its answer. A refusal fails the attempt and gives local payments beside it back."""
    loaded = load_charge(ctx, payment_id)
    if loaded is None:
        return
    payment, charge = loaded
    if payment.state != AttemptState.CREATED.value or payment.initiated_at is not None:
        return
    here, number = ctx.with_locale(charge.locale), charge.order_number
    back, away = return_address(here, number, payment.id, payment.created_at), order_link(here, number, payment.created_at)
    charge = replace(charge, return_url=back, cancel_url=away)
    try:
        snapshot = _begun(ctx, payment, charge)
    except Refused as refused:
        snapshot = Snapshot(AttemptState.FAILED, problem=refused.problems[0])
    with ctx.writing() as session:
        settle(ctx, payment_id, snapshot)
        session.execute(update(_payments).where(_payments.c.id == payment_id).values(initiated_at=ctx.now()))
        if snapshot.state in GIVEN_UP:
            release_local(ctx, payment_id)


def _begun(ctx: Context, payment: Payment, charge: Charge) -> Snapshot:
    """With nobody present only what was saved can be charged; a page to pay on would be seen by nobody."""
    provider = provider_of(ctx, payment)
    if not payment.off_session:
        return provider.initiate(ctx, charge)
    if charge.instrument is None or not isinstance(provider, Vault):
        message = ctx.gettext("What was saved to pay with has been removed.")
        raise Refused(Problem("instrument_unknown", message, "payments", status=409))
    return provider.charge(ctx, charge.instrument, charge)


def release_local(ctx: Context, payment_id: str) -> None:
    """Let go what gift cards and credit reserved for an order whose remote part failed. Inside `ctx.writing()`."""
    order, _ = lock_order_of(ctx, payment_id)
    reason = ctx.gettext("Another payment of the order failed.")
    held = [b for b in books_of(ctx, order).books if b.payment.kind == ProviderKind.LOCAL and b.capturable]
    perform_here(ctx, [request(ctx, order, b.payment, "void", b.capturable, reason=reason) for b in held])


def initiate(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Job `orders.initiate`: payload {payment}. Raises while the gateway can't be reached, so that it runs again."""
    initiate_payment(ctx, str(payload["payment"]))

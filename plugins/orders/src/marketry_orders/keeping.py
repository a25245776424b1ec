"""Keeping what a customer paid with, after the money came: its provider is asked by a job, outside any transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from marketry import Context, Refused
from marketry.commerce.payment import AttemptState, Instrument, Vault
from marketry.telemetry import log
from marketry_orders.charges import load_charge, provider_of
from marketry_orders.domain.numbers import new_id
from marketry_orders.forgetting import give_up
from marketry_orders.locking import lock_order_of
from marketry_orders.models import Order, Payment, SavedMeans

KEEP_JOB = "orders.keep"
PAID = (AttemptState.AUTHORISED, AttemptState.CAPTURED)


def keep_soon(ctx: Context, order: Order, payment: Payment) -> None:
    """Queue it, once, for a payment that its customer wanted to save and that went through. Inside `ctx.writing()`."""
    if payment.saves and order.customer and payment.state in PAID:
        ctx.enqueue(KEEP_JOB, {"payment": payment.id}, key=f"keep:{payment.id}")


def note_use(ctx: Context, payment: Payment) -> None:
    """The saved means that `payment` went through with is the one used last: it is offered first. Inside `ctx.writing()`."""
    if payment.instrument_id and payment.state in PAID:
        used = update(SavedMeans).where(col(SavedMeans.id) == payment.instrument_id).values(used_at=payment.created_at)
        ctx.session.execute(used.where(col(SavedMeans.used_at) < payment.created_at))


def keep(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Job `orders.keep`: payload {payment}. A provider that says that nothing was kept is believed; one that can't be reached is
    asked again."""
    payment, charge = load_charge(ctx, str(payload["payment"]))
    provider = provider_of(ctx, payment)
    if not isinstance(provider, Vault):
        return
    try:
        instrument = provider.save(ctx, charge)
    except Refused as refused:
        log.info("not_kept", payment=payment.id, reason=refused.problems[0].message)
        return
    with ctx.writing():
        order, payment = lock_order_of(ctx, payment.id)
        _write(ctx, order.customer, payment, instrument)


def _write(ctx: Context, customer: str | None, payment: Payment, instrument: Instrument) -> None:
    """One row per card: the same one saved anew replaces what it was before. Whoever was erased meanwhile keeps nothing."""
    now, provider = ctx.now(), payment.provider
    known = ctx.session.scalars(
        select(SavedMeans).where(col(SavedMeans.provider) == provider, col(SavedMeans.token) == instrument.token)
    ).first()
    if known is not None:
        return
    kept = SavedMeans(
        id=new_id(), customer=customer, provider=provider, token=instrument.token, label=instrument.label[:200],
        expires=instrument.expires, same_as=instrument.same_as, created_at=now, used_at=now,
        account=payment.account, live=payment.live,
    )  # fmt: skip
    ctx.session.add(kept)
    ctx.session.flush()
    if customer is None:
        give_up(ctx, [kept], whole_person=True)
    elif instrument.same_as:
        give_up(ctx, _same(ctx, customer, kept))


def _same(ctx: Context, customer: str, kept: SavedMeans) -> list[SavedMeans]:
    same = (
        col(SavedMeans.customer) == customer, col(SavedMeans.provider) == kept.provider, col(SavedMeans.same_as) == kept.same_as,
        col(SavedMeans.live).is_not_distinct_from(kept.live),
    )  # fmt: skip
    return list(ctx.session.scalars(select(SavedMeans).where(*same, col(SavedMeans.id) != kept.id)))

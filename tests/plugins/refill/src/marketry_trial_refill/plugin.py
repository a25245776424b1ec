"""The same again every month: ordered and charged with nobody present, until the customer must come and pay themselves."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from marketry import Context, Plugin, Refused, hookimpl
from marketry.commerce.cart_desk import Wanted
from marketry.commerce.events import OrderPaid
from marketry.commerce.payment import AttemptState
from marketry.commerce.vault import OrderDesk, StandingOrder, Wallet
from marketry.jobs.values import Job, Schedule, Subscriber

MONTH = timedelta(days=30)
PAID = (AttemptState.AUTHORISED, AttemptState.CAPTURED, AttemptState.PROCESSING)
plugin = Plugin(id="refill", title="Refills", models="marketry_trial_refill.models", after=("orders",))


def begin(ctx: Context, number: str, customer: str, sku: str) -> bool:
    """Renew the order `number` every month with what `customer` used last; False where they have saved nothing."""
    from marketry_trial_refill.models import Refill

    wallet = ctx.service(Wallet)  # type: ignore[type-abstract]
    saved = [one for one in wallet.saved(ctx, customer) if one.usable] if wallet else []
    if saved:
        with ctx.writing() as session:
            due = ctx.now() + MONTH
            session.add(Refill(number=number, customer=customer, instrument=saved[0].id, sku=sku, due_at=due))
    return bool(saved)


@hookimpl
def jobs() -> Sequence[Job]:
    return (Job("renew", renew, transaction=False),)


@hookimpl
def schedules() -> Sequence[Schedule]:
    return (Schedule("look", timedelta(hours=1), look),)


@hookimpl
def subscribe() -> Sequence[Subscriber]:
    return (Subscriber("paid", OrderPaid, go_on),)


def look(ctx: Context) -> None:
    """What is due, each in a job of its own: one that fails doesn't keep the others."""
    from marketry_trial_refill.models import Refill

    with ctx.writing() as session:
        due = select(Refill).where(col(Refill.due_at) <= ctx.now(), col(Refill.state) == "running")
        for one in session.scalars(due):
            ctx.enqueue("refill.renew", {"number": one.number}, key=f"renew:{one.number}:{one.turn}")


def renew(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Job: order and charge this turn. The key makes it one order, however often the job runs."""
    from marketry_trial_refill.models import Refill

    with ctx.reading() as session:
        one = session.get_one(Refill, payload["number"])
        wish = StandingOrder(f"refill:{one.number}:{one.turn}", one.customer, one.number, (Wanted(one.sku),), one.instrument)
    desk = ctx.service(OrderDesk)  # type: ignore[type-abstract]
    assert desk is not None
    try:
        done = desk.place(ctx, wish)
        placed, state = done.number, "running" if done.state in PAID else "waiting"
    except Refused:
        placed, state = "", "waiting"  # sold out, or the card was removed
    with ctx.writing() as session:
        one = session.get_one(Refill, payload["number"])
        one.turn, one.state, one.last_order, one.due_at = one.turn + 1, state, placed, ctx.now() + MONTH


def go_on(ctx: Context, event: OrderPaid) -> None:
    """The customer came and paid what could not be charged."""
    from marketry_trial_refill.models import Refill

    waiting = select(Refill).where(col(Refill.last_order) == event.number, col(Refill.state) == "waiting")
    for one in ctx.session.scalars(waiting):
        one.state = "running"

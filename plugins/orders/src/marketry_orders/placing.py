"""Placing an order: validate, quote, then one transaction that takes stock, authorises local payments and writes the order.

A remote gateway is asked only after the commit (initiating.py); a crash between the two loses nothing, since a job queued in
the same transaction goes on. A cart becomes at most one order: whoever comes second gets the first one's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from marketry import Context
from marketry.commerce.checkout import Draft, Hold
from marketry.commerce.money import Money
from marketry.commerce.payment import ProviderKind
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.crashpoints import reach
from marketry.database.session import again
from marketry.hookspecs import checkout
from marketry.problems import Problem, Refused, conflict
from marketry_orders import cart_queries, idempotency
from marketry_orders.authorising import attempts_for, authorise
from marketry_orders.cart_owners import CartKey
from marketry_orders.cart_queries import StoredCart
from marketry_orders.carts import ATTEMPTS, find_cart
from marketry_orders.domain.numbers import new_order_number
from marketry_orders.holding import write_holds
from marketry_orders.idempotency import RequestKey
from marketry_orders.initiating import INITIATE_JOB, JOB_DELAY_SECONDS, initiate_order
from marketry_orders.locking import lock_order
from marketry_orders.models import Order
from marketry_orders.order_rows import Attempt, NewOrder, insert_order
from marketry_orders.placed_event import placed_event
from marketry_orders.quoting import Priced, in_terms_of, price_cart
from marketry_orders.requirements import unmet
from marketry_orders.settings import OrderSettings, patience_of
from marketry_orders.settling import settle
from marketry_orders.standing import update_standing
from marketry_orders.stock_planning import allocate, name_lines, plan_stock

# Stock of an unpaid order goes back when the order expires; should nobody run that schedule, this much later by itself.
BACKSTOP = timedelta(days=1)
_orders = Order.__table__  # type: ignore[attr-defined]
_NUMBER = select(_orders.c.number).where(_orders.c.cart_id == bindparam("cart"))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the buyer agreed to, as far as the client says it; else the total that they were shown last counts."""

    total: Money | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything decided before the transaction."""

    priced: Priced
    number: str
    sources: tuple[StockSource, ...]
    attempts: tuple[Attempt, ...]
    deadline: datetime | None


class _Overtaken(Exception):
    """Another request changed or completed the cart meanwhile."""


def place_order(ctx: Context, key: CartKey, accepted: Acceptance, request: RequestKey | None = None) -> str:
    """Turn the cart into an order and start its payments; returns the order's number.

    Raises Refused: 422 what the cart lacks, 409 `out_of_stock`, `totals_changed` or `key_in_use`. A cart that is an order
    already gives that order's number, and payments that a crash kept from starting are started now.
    """
    for _ in range(ATTEMPTS):
        with ctx.reading():
            cart = find_cart(ctx, key)
            number = _placed_before(ctx, cart, request)
        remote = number is not None
        if number is None:
            number, remote = _try(ctx, cart, accepted, request)
        if number is not None:
            if remote:
                initiate_order(ctx, number)
            reach("placing.remote_initiated")
            return number
    raise conflict("cart_busy", ctx.gettext("This cart is being changed elsewhere. Please try again."), "cart")


def _placed_before(ctx: Context, cart: StoredCart, request: RequestKey | None) -> str | None:
    number = idempotency.answered(ctx, request) if request else None
    if number is None and cart.completed_at is not None:
        number = ctx.session.execute(_NUMBER, {"cart": cart.id}).scalar_one()
    return number


def _try(ctx: Context, cart: StoredCart, accepted: Acceptance, request: RequestKey | None) -> tuple[str | None, bool]:
    """One attempt: the number, and whether a gateway is to be asked. None when another request was quicker."""
    plan = _plan(ctx, cart, accepted)
    reach("placing.before_transaction")
    try:
        again(lambda: _commit(ctx, plan, request), attempts=5)
    except (_Overtaken, IntegrityError):
        return None, False
    reach("placing.committed")
    return plan.number, plan.deadline is not None


def _plan(ctx: Context, cart: StoredCart, accepted: Acceptance) -> _Plan:
    priced = price_cart(ctx, cart)
    local = in_terms_of(ctx, cart)
    with local.reading():
        _refuse_incomplete(local, priced)
        _refuse_changed_total(local, priced, accepted)
        _refuse_objections(local, priced)
        sources = plan_stock(local, priced.quote)
        number = new_order_number()
        attempts = attempts_for(local, priced, number)
    remote = any(a.provider.kind is ProviderKind.REMOTE for a in attempts)
    patience = patience_of(ctx.settings(OrderSettings), any(a.off_session for a in attempts))
    deadline = ctx.now() + patience if remote else None
    return _Plan(priced, number, sources, attempts, deadline)


def _refuse_incomplete(ctx: Context, priced: Priced) -> None:
    missing = unmet(ctx, priced)
    if missing:
        raise Refused(*(Problem(r.code, r.message, r.field, r.plugin) for r in missing))


def _refuse_changed_total(ctx: Context, priced: Priced, accepted: Acceptance) -> None:
    """The buyer pays what they agreed to, or is asked again."""
    now, cart = priced.quote.total, priced.cart
    if accepted.hash is not None:
        same = accepted.hash == priced.agreed
    elif accepted.total is not None:
        same = accepted.total == now
    else:
        same = cart.shown_hash is None or cart.shown_hash == priced.agreed
    if not same:
        message = ctx.gettext(
            "Something has changed meanwhile: the total is now %(total)s. Please check and confirm again.", total=ctx.money(now)
        )
        raise conflict("totals_changed", message, "total")


def _refuse_objections(ctx: Context, priced: Priced) -> None:
    answers = ctx.hooks.each(checkout.validate_checkout, ctx, priced.quote)
    problems = [problem.by(answer.plugin) for answer in answers for problem in answer.value]
    if problems:
        raise Refused(*problems)


def _commit(ctx: Context, plan: _Plan, request: RequestKey | None) -> None:
    """The placing transaction. Whatever raises here leaves nothing behind."""
    quote, now = plan.priced.quote, ctx.now()
    with ctx.writing() as session:
        local = in_terms_of(ctx, plan.priced.cart)
        changes = {"completed_at": now, "updated_at": now, "customer": plan.priced.cart.customer}
        if not cart_queries.touch(session, plan.priced.cart, changes):
            raise _Overtaken
        if request:
            idempotency.remember(local, request, plan.number)
        _reserve(local, plan)
        reach("placing.stock_reserved")
        attempts = authorise(local, plan.attempts)
        reach("placing.local_authorised")
        draft = Draft(plan.number, quote.cart, quote, plan.sources, quote.cart.customer)
        answers = local.hooks.each(checkout.order_committing, local, draft)
        holds = [replace(hold, plugin=answer.plugin) for answer in answers for hold in answer.value]
        reach("placing.hooks_committed")
        allocations, plugins = allocate(quote, plan.sources), _rate_plugins(plan.priced)
        new = NewOrder(plan.number, quote, now, ctx.locale, attempts, allocations, plan.deadline, plugins)
        insert_order(session, new)
        reach("placing.order_inserted")
        local.publish(placed_event(new))
        _follow_up(local, new, holds)
        reach("placing.outbox_written")


def _reserve(ctx: Context, plan: _Plan) -> None:
    keeper = ctx.service(StockKeeper)  # type: ignore[type-abstract]
    if keeper is None or not plan.sources:
        return
    expires_at = plan.deadline + BACKSTOP if plan.deadline else None
    try:
        keeper.reserve(ctx, f"order:{plan.number}", plan.sources, expires_at)
    except Refused as refused:
        raise name_lines(plan.priced.quote, refused) from None


def _rate_plugins(priced: Priced) -> dict[str, str]:
    chosen = {group.id: group.method for group in priced.quote.groups}
    return {group: rate.plugin for group, rates in priced.rates.items() for rate in rates if rate.code == chosen.get(group)}


def _follow_up(ctx: Context, new: NewOrder, holds: Sequence[Hold]) -> None:
    """What hangs on the order's existence: holds, the ledger of payments that moved already, jobs for those that didn't."""
    if holds:
        write_holds(ctx, lock_order(ctx, new.number), holds)
    for attempt in new.attempts:
        if attempt.snapshot and attempt.snapshot.entries:
            settle(ctx, attempt.charge.key, attempt.snapshot)
        elif attempt.provider.kind is ProviderKind.REMOTE:
            key = attempt.charge.key
            ctx.enqueue(INITIATE_JOB, {"payment": key}, key=f"initiate:{key}", delay=JOB_DELAY_SECONDS)
    if not new.attempts:
        update_standing(ctx, lock_order(ctx, new.number))

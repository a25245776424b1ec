"""Carrying out operations at remote providers: outside any transaction, safe to repeat after a crash.

Whoever asked calls `perform` right after the commit; the job of the same operation stands behind, in case that process died.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from marketry import Context, Refused
from marketry.commerce.payment import Charge, ProviderKind, Snapshot
from marketry.crashpoints import reach
from marketry.telemetry import log
from marketry_orders.books import UNSETTLED
from marketry_orders.charges import load_charge
from marketry_orders.fetching import fetch_payment
from marketry_orders.locking import lock_order_of
from marketry_orders.models import Operation, Payment
from marketry_orders.operations import ask, fail
from marketry_orders.same_account import answering
from marketry_orders.settling import perform_here, settle


def perform(ctx: Context, operation_id: str) -> str:
    """Ask the provider and settle its answer; returns the operation's state. A refusal of the provider fails the
    operation; any other error leaves it `sent`, to be asked again under the same key, and is raised."""
    operation = _claim(ctx, operation_id)
    if operation is None or operation.state not in UNSETTLED:
        return operation.state if operation else "failed"
    reach("orders.performing.claimed")
    payment, charge = load_charge(ctx, operation.payment_id)
    if payment.kind != ProviderKind.REMOTE:
        return _perform_locally(ctx, operation_id)
    if operation.kind == "refund" and operation.attempts > 1 and (state := _found(ctx, operation)) not in UNSETTLED:
        return state
    try:
        snapshot = ask(ctx, answering(ctx, payment), charge, operation)
    except Refused as refused:
        if operation.attempts > 1:
            _look_first(ctx, payment, charge, operation, refused)
        return _refused(ctx, operation_id, refused)
    reach("orders.performing.answered")
    return _settled(ctx, operation, snapshot)


def perform_all(ctx: Context, operations: Iterable[Operation]) -> list[str]:
    """Carry out remote operations now, and tell their states; one that can't be reached is left to its job."""
    return [_attempt(ctx, operation.id) if operation.state in UNSETTLED else operation.state for operation in operations]


def _attempt(ctx: Context, operation_id: str) -> str:
    try:
        return perform(ctx, operation_id)
    except Exception as error:
        log.warning("operation_not_answered", operation=operation_id, error=repr(error))
        return "sent"


def operate(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Job `orders.operate`: payload {operation}. Raises while the provider can't be reached, so that it runs again."""
    perform(ctx, str(payload["operation"]))


def _claim(ctx: Context, operation_id: str) -> Operation | None:
    """Count the attempt and mark it as sent before the call is made."""
    with ctx.writing() as session:
        operation = session.scalars(
            select(Operation).where(col(Operation.id) == operation_id).with_for_update().execution_options(populate_existing=True)
        ).one_or_none()
        if operation is not None and operation.state in UNSETTLED:
            operation.state, operation.sent_at = "sent", ctx.now()
            operation.attempts += 1
        session.flush()
        return operation


def _perform_locally(ctx: Context, operation_id: str) -> str:
    with ctx.writing() as session:
        operation = session.get_one(Operation, operation_id)
        lock_order_of(ctx, operation.payment_id)
        session.refresh(operation)  # another process may have carried it out while we waited for the lock
        perform_here(ctx, [operation])
        return operation.state


def _found(ctx: Context, operation: Operation) -> str:
    """The state of a refund that was asked for before, after looking whether it is there by now. Gateways forget keys (Stripe
    after a day): a request that comes later would be a second refund. Raises while the provider can't be asked."""
    fetch_payment(ctx, operation.payment_id, operation.id)
    with ctx.reading() as session:
        return session.get_one(Operation, operation.id, populate_existing=True).state


def _look_first(ctx: Context, payment: Payment, charge: Charge, operation: Operation, refused: Refused) -> None:
    """An earlier call may have done it and its answer been lost; the keys may have been changed since. So a refusal is the end
    only once the provider was asked what there is. Raises while it can't be: the operation stays open, and binds its amount."""
    with ctx.writing() as session:
        session.get_one(Operation, operation.id).problem = refused.problems[0].message[:500]
    _settled(ctx, operation, answering(ctx, payment).fetch(ctx, charge))


def _settled(ctx: Context, operation: Operation, snapshot: Snapshot) -> str:
    """The operation's state, after what the provider answered."""
    with ctx.writing() as session:
        lock_order_of(ctx, operation.payment_id)
        current = session.get_one(Operation, operation.id, populate_existing=True)
        settle(ctx, operation.payment_id, snapshot, answers=current)
        return current.state


def _refused(ctx: Context, operation_id: str, refused: Refused) -> str:
    with ctx.writing() as session:
        operation = session.get_one(Operation, operation_id)
        order, _ = lock_order_of(ctx, operation.payment_id)
        session.refresh(operation)
        fail(ctx, order, operation, refused.problems[0].message)
        # What was refused may have been over already: a reservation that lapsed, a refund made elsewhere.
        ctx.enqueue("orders.fetch", {"payment": operation.payment_id}, key=f"refused:{operation.id}")
        return operation.state

"""What staff do to an order: each deed with its permission, its audit entry in the same transaction, and, after the commit,
its calls to remote providers. The pages and the JSON API both end here."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from marketry import Context
from marketry.audit import audit
from marketry.commerce.checkout import Hold
from marketry.database.session import again
from marketry_orders import staff_requests as asked
from marketry_orders.cancelling import cancel_order
from marketry_orders.capturing import capture_payment, void_payment
from marketry_orders.fulfilling import deliver_parcel, pack, ship_parcel, unpack
from marketry_orders.holding import lift_hold, place_hold
from marketry_orders.locking import lock_order
from marketry_orders.models import Fulfilment, Operation, Return
from marketry_orders.notes import add_note
from marketry_orders.performing import perform_all
from marketry_orders.receiving import receive_payment
from marketry_orders.refunding import refund_order
from marketry_orders.returning import receive_return
from marketry_orders.reviewing import accept_payment
from marketry_orders.settling import perform_here
from marketry_orders.standing import go_on

T = TypeVar("T")
ORDER, PAYMENT, REFUND, FULFILMENT = (
    "orders.order.write",
    "orders.payment.write",
    "orders.refund.write",
    "orders.fulfilment.write",
)


def receive(ctx: Context, number: str, r: asked.Receive) -> Operation:
    """Money arrived by itself."""
    return _deed(
        ctx,
        PAYMENT,
        "receive",
        number,
        {"payment": r.payment, "amount": r.amount, "reference": r.reference},
        lambda: receive_payment(ctx, number, r.payment, r.amount, reference=r.reference, key=r.key, excess=r.excess),
    )


def capture(ctx: Context, number: str, r: asked.Capture) -> list[Operation]:
    done = _deed(
        ctx,
        PAYMENT,
        "capture",
        number,
        {"payment": r.payment, "amount": r.amount},
        lambda: capture_payment(ctx, number, r.payment, r.amount, key=r.key),
    )
    return _carry_out(ctx, [done])


def void(ctx: Context, number: str, r: asked.Void) -> list[Operation]:
    done = _deed(
        ctx,
        PAYMENT,
        "void",
        number,
        {"payment": r.payment, "reason": r.reason},
        lambda: void_payment(ctx, number, r.payment, reason=r.reason, key=r.key),
    )
    return _carry_out(ctx, [done])


def refund(ctx: Context, number: str, r: asked.Refund) -> list[Operation]:
    done = _deed(
        ctx,
        REFUND,
        "refund",
        number,
        {"amount": r.amount, "payments": r.payments, "reason": r.reason},
        lambda: refund_order(ctx, number, r.amount, reason=r.reason, key=r.key, payments=r.payments),
    )
    return _carry_out(ctx, done)


def accept(ctx: Context, number: str, r: asked.Accept) -> list[Operation]:
    done = _deed(
        ctx,
        PAYMENT,
        "accept",
        number,
        {"payment": r.payment, "reason": r.reason},
        lambda: accept_payment(ctx, number, r.payment, r.reason),
    )
    return _carry_out(ctx, done)


def cancel(ctx: Context, number: str, r: asked.Cancel) -> list[Operation]:
    """Giving money back along with it takes the permission to refund, too."""
    if r.refund:
        ctx.demand(REFUND)
    done = _deed(
        ctx,
        ORDER,
        "cancel",
        number,
        {"reason": r.reason, "refund": r.refund},
        lambda: cancel_order(ctx, number, r.reason, refund=r.refund),
    )
    return _carry_out(ctx, done)


def pack_parcel(ctx: Context, number: str, r: asked.Pack) -> Fulfilment:
    return _deed(
        ctx,
        FULFILMENT,
        "pack",
        number,
        {"lines": r.lines, "location": r.location},
        lambda: pack(ctx, number, r.lines, location=r.location, parcel_id=_row_id(number, r.key)),
    )


def ship(ctx: Context, number: str, r: asked.Ship) -> list[Operation]:
    done = _deed(
        ctx,
        FULFILMENT,
        "ship",
        number,
        {"parcel": r.parcel, "carrier": r.carrier, "tracking": r.tracking},
        lambda: ship_parcel(ctx, number, r.parcel, carrier=r.carrier, tracking=r.tracking),
    )
    return _carry_out(ctx, done)


def deliver(ctx: Context, number: str, r: asked.OneParcel) -> Fulfilment:
    return _deed(ctx, FULFILMENT, "deliver", number, {"parcel": r.parcel}, lambda: deliver_parcel(ctx, number, r.parcel))


def unpack_parcel(ctx: Context, number: str, r: asked.OneParcel) -> None:
    _deed(ctx, FULFILMENT, "unpack", number, {"parcel": r.parcel}, lambda: unpack(ctx, number, r.parcel))


def take_back(ctx: Context, number: str, r: asked.TakeBack) -> Return:
    return _deed(
        ctx,
        FULFILMENT,
        "return",
        number,
        {"lines": r.lines, "restock": r.restock, "reason": r.reason},
        lambda: receive_return(
            ctx, number, r.lines, restock=r.restock, location=r.location, reason=r.reason, return_id=_row_id(number, r.key)
        ),
    )


def hold(ctx: Context, number: str, r: asked.PlaceHold) -> None:
    code = f"staff:{hashlib.sha256(r.label.encode()).hexdigest()[:16]}"
    placed = Hold(code, r.label, frozenset(r.blocks), "")
    _deed(ctx, ORDER, "hold", number, {"label": r.label, "blocks": r.blocks}, lambda: place_hold(ctx, number, placed))


def lift(ctx: Context, number: str, r: asked.LiftHold) -> list[Operation]:
    """Lifting a hold lets happen what it held back: money reserved is taken, what doesn't travel is handed over."""

    def work() -> list[Operation]:
        operations = go_on(ctx, lift_hold(ctx, number, r.hold))
        perform_here(ctx, operations)
        return operations

    return _carry_out(ctx, _deed(ctx, ORDER, "lift", number, {"hold": r.hold}, work))


def note(ctx: Context, number: str, r: asked.Note) -> None:
    _deed(ctx, ORDER, "note", number, {"public": r.public}, lambda: add_note(ctx, number, r.text, public=r.public, key=r.key))


def extend(ctx: Context, number: str, plugin: str, values: Mapping[str, Any]) -> None:
    """Replace what `plugin` keeps with the order; other plugins' parts stay."""

    def work() -> None:
        order = lock_order(ctx, number)
        order.extra = {**order.extra, plugin: dict(values)}
        ctx.session.flush()

    _deed(ctx, ORDER, "extra", number, {"plugin": plugin}, work)


def _deed(ctx: Context, permission: str, name: str, number: str, details: dict[str, Any], work: Callable[[], T]) -> T:
    """`work` and its audit entry in one transaction, again as a whole after a deadlock."""
    ctx.demand(permission)

    def unit() -> T:
        with ctx.writing():
            result = work()
            audit(ctx, f"orders.{name}", f"order:{number}", **details)
            return result

    return again(unit, attempts=5)


def _carry_out(ctx: Context, operations: list[Operation]) -> list[Operation]:
    """Ask remote providers now; `state` of the operations says how that went."""
    for operation, state in zip(operations, perform_all(ctx, operations), strict=True):
        operation.state = state
    return operations


def _row_id(number: str, key: str) -> str:
    return hashlib.sha256(f"{number}\n{key}".encode()).hexdigest()[:16] if key else ""

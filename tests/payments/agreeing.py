"""The shop's ledger of one order beside the gateways' own books of its payments."""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from tests.payments.till import Till

_ROWS = (
    "SELECT t.kind, t.phase, t.amount, t.currency, t.remote_id FROM orders_transaction t"
    " JOIN orders_order o ON o.id = t.order_id JOIN orders_payment p ON p.id = t.payment_id AND p.kind = 'remote'"
    " WHERE o.number = :number AND t.kind IN ('capture', 'refund', 'chargeback')"
    " ORDER BY t.id"
)
# The later word of two about one movement: money taken is final, money given back may bounce, a dispute may be won.
_LATER = {"capture": ("pending", "failed", "succeeded")}
_LATER_BACK = ("pending", "succeeded", "failed")
_REFUNDS = {
    "succeeded": "succeeded",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "failed",
    "canceled": "failed",
}
_DISPUTES = {"needs_response": "pending", "under_review": "pending", "lost": "succeeded", "won": "failed"}


class Movement(NamedTuple):
    """Money taken (`capture`), given back (`refund`) or asked back by a bank (`chargeback`); minor units."""

    kind: str
    phase: str
    amount: int
    currency: str
    remote_id: str


def books_agree(till: Till, number: str, seconds: float = 30) -> list[tuple[str, str, int, str]]:
    """Wait until nothing is under way, demand that both sides hold the same movements of this order under the same names, and
    return them: (kind, phase, minor units, currency), captures first, then in the order in which they came."""
    deadline = time.monotonic() + seconds
    while True:
        till.at_rest()
        ours, theirs = ledger(till, number), twins_book(till, number)
        if set(ours) == set(theirs) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    assert sorted(ours) == sorted(theirs)
    return [tuple(movement[:4]) for movement in ours]  # type: ignore[misc]


def ledger(till: Till, number: str) -> list[Movement]:
    """What the shop wrote down, each movement in its furthest phase."""
    found: dict[tuple[str, str], Movement] = {}
    for row in till.books.rows(_ROWS, number=number):
        moved = Movement(*row)
        known = found.get((moved.kind, moved.remote_id))
        if known is None or _rank(moved) > _rank(known):
            found[moved.kind, moved.remote_id] = moved
    return sorted(found.values(), key=lambda moved: moved.kind != "capture")


def _rank(moved: Movement) -> int:
    return _LATER.get(moved.kind, _LATER_BACK).index(moved.phase)


def twins_book(till: Till, number: str) -> list[Movement]:
    """What the gateways wrote down of this order's attempts, whatever the shop believes."""
    stripes = till.stripe.statement()["payments"]
    trades = till.alipay.book.as_json()["trades"]
    found: list[Movement] = []
    for payment in till.payments(number):
        if payment.provider == "stripe":
            found += (m for p in stripes if p["client_reference_id"] == payment.id for m in of_stripe(p))
        if payment.provider == "alipay":
            found += (m for t in trades if t["out_trade_no"] == payment.id.encode().hex() for m in of_alipay(t))  # type: ignore[attr-defined]
    return found


def of_stripe(payment: Any) -> Iterator[Movement]:
    currency = payment["currency"].upper()
    if payment["captured"]:
        yield Movement("capture", "succeeded", payment["captured"], currency, payment["payment_intent"])
    for refund in payment["refunds"]:
        yield Movement("refund", _REFUNDS[refund["status"]], refund["amount"], currency, refund["id"])
    for dispute in payment["disputes"]:
        if dispute["status"] in _DISPUTES:
            yield Movement("chargeback", _DISPUTES[dispute["status"]], dispute["amount"], currency, dispute["id"])


def of_alipay(trade: Any) -> Iterator[Movement]:
    if Decimal(trade["paid_amount"]):
        yield Movement("capture", "succeeded", _fen(trade["paid_amount"]), "CNY", trade["trade_no"])
    for refund in trade["refunds"]:
        if refund["state"] == "SUCCESS":  # Alipay tells nobody of others
            yield Movement("refund", "succeeded", _fen(refund["amount"]), "CNY", refund["out_request_no"])


def _fen(text: str) -> int:
    return int(Decimal(text) * 100)

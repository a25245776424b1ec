"""What waits for a person: payments in review, and orders on hold. Few, however many orders there are; both are indexed."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from marketry import Context, Money
from marketry.database import capped_count
from marketry_orders.models import Order, OrderHold, Payment
from marketry_orders.order_words import word

SHOWN = 200  # of each
CAP = 1_000
_IN_REVIEW = (col(Payment.needs_review) != "", col(Payment.needs_review) != col(Payment.accepted_review))
_SUMS = re.compile(r"(?:captured|captured only|authorised) ([0-9]+), expected ([0-9]+)")  # see domain.ledger
_ON_HOLD = col(OrderHold.lifted_at).is_(None)


def in_review(ctx: Context) -> Sequence[tuple[Payment, str]]:
    """Payments whose money doesn't count until somebody has looked, with their order's number; the latest first. In a session."""
    found = select(Payment, col(Order.number)).join(Order, col(Order.id) == col(Payment.order_id)).where(*_IN_REVIEW)
    return _rows(ctx, found.order_by(col(Payment.updated_at).desc(), col(Payment.id)))


def on_hold(ctx: Context) -> Sequence[tuple[OrderHold, str]]:
    """Holds that nobody has lifted, with their order's number; the latest first. In a session."""
    found = select(OrderHold, col(Order.number)).join(Order, col(Order.id) == col(OrderHold.order_id)).where(_ON_HOLD)
    return _rows(ctx, found.order_by(col(OrderHold.id).desc()))


def waiting(ctx: Context) -> int:
    """How many there are of both, counted no further than CAP. In a session."""
    reviews = capped_count(ctx.session, select(col(Payment.id)).where(*_IN_REVIEW), CAP)[0]
    holds = capped_count(ctx.session, select(col(OrderHold.id)).where(_ON_HOLD), CAP)[0]
    return min(reviews + holds, CAP)


def badge(ctx: Context) -> int | None:
    """The same for the menu; None where there is nothing."""
    with ctx.reading():
        return waiting(ctx) or None


def what_is_odd(ctx: Context, payment: Payment) -> list[tuple[str, str]]:
    """(words, detail) per oddity of the payment, in the reader's language; details of accounts and modes as they were noted."""
    parts = (one.partition(": ") for one in payment.needs_review.split("; ") if one)
    return [(word(ctx, "review", code), _detail(ctx, detail, payment.currency)) for code, _, detail in parts]


def _detail(ctx: Context, noted: str, currency: str) -> str:
    sums = _SUMS.fullmatch(noted)
    if sums is None:
        return noted
    came, asked = (ctx.money(Money(int(minor), currency)) for minor in sums.groups())
    return ctx.gettext("%(came)s came, %(asked)s was asked for.", came=came, asked=asked)


def _rows(ctx: Context, found: Any) -> Sequence[Any]:
    return ctx.session.execute(found.limit(SHOWN)).all()

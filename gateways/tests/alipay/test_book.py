"""Whatever buyers and merchants do in whatever order, the book's money adds up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from marketry_gateways.alipay import Clock
from marketry_gateways.alipay.book import Book
from marketry_gateways.alipay.buyers import BUYERS
from marketry_gateways.alipay.orders import Order
from marketry_gateways.alipay.refusals import Refusal
from marketry_gateways.alipay.trades import Refund, RefundState, Status, Trade

STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["pay", "close", "finish", "pend", "settle", "fail", "expire"]), st.just(0), st.just("")),
        st.tuples(st.just("refund"), st.integers(1, 1100), st.sampled_from(["", "r1", "r2", "r3"])),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_what_went_back_is_what_refunds_moved_and_never_more_than_was_paid(steps: list[tuple[str, int, str]]) -> None:
    heard: list[tuple[Status, Refund | None]] = []
    clock = Clock()
    book = Book(clock, lambda trade, refund: heard.append((trade.status, refund)))
    trade = book.begin(book.open_checkout(Order("alipay.trade.page.pay", "A1", Decimal("10.00"), "cup")), BUYERS[0])
    moved = Decimal(0)
    for act, cents, number in steps:
        before = trade.refunded
        try:
            _do(book, clock, trade, act, Decimal(cents) / 100, number)
        except (Refusal, ValueError):
            assert trade.refunded == before
        moved += trade.refunded - before
        assert trade.refunded <= trade.paid
        assert trade.refundable >= 0
        assert trade.status is not Status.TRADE_SUCCESS or trade.refunded < trade.paid
    assert book.refunded == moved == sum(r.amount for r in trade.refunds if r.state is RefundState.SUCCESS)
    assert len({r.out_request_no for r in trade.refunds}) == len(trade.refunds)
    assert [status for status, refund in heard if refund is None].count(Status.TRADE_SUCCESS) == (1 if trade.paid_at else 0)


def _do(book: Book, clock: Clock, trade: Trade, act: str, amount: Decimal, number: str) -> None:
    pending = next((r for r in trade.refunds if r.state is RefundState.PENDING), None)
    if act == "refund":
        book.refund(trade, amount, number, "")
    elif act == "pend":
        book.pending_refunds = 1
    elif act == "expire":
        clock.advance(timedelta(days=16))
        book.expire()
    elif act in ("settle", "fail"):
        if pending:
            book.settle_refund(trade, pending, succeeds=act == "settle")
    else:
        {"pay": book.pay, "close": book.close, "finish": book.finish}[act](trade)

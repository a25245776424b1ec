"""The order's payment status is a function of the ledgers of all attempts; a refund is spread without loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Entry, Phase, TransactionKind
from marketry_orders.domain.ledger import Expected, Ledger
from marketry_orders.domain.paying import (
    Attempt,
    Balance,
    Refundable,
    TooMuch,
    balance,
    distribute,
    payment_status,
)
from marketry_orders.domain.states import PAYMENT_TRANSITIONS, STATUS_TRANSITIONS, PaymentStatus, Status, may_become

K, S = TransactionKind, AttemptState


def attempt(state: S, *entries: tuple[K, int] | tuple[K, int, Phase], amount: int = 10_000, trusted: bool = True) -> Attempt:
    made = frozenset(
        Entry(e[0], e[2] if len(e) == 3 else Phase.SUCCEEDED, Money(e[1], "USD"), f"{e[0]}{i}") for i, e in enumerate(entries)
    )
    return Attempt(Ledger(Expected(Money(amount, "USD")), made, state), trusted)


@pytest.mark.parametrize(
    ("attempts", "status"),
    [
        ([], "none"),
        ([attempt(S.FAILED)], "none"),
        ([attempt(S.FAILED), attempt(S.REQUIRES_ACTION)], "pending"),
        ([attempt(S.AUTHORISED, (K.AUTHORISATION, 10_000))], "authorised"),
        ([attempt(S.AUTHORISED, (K.AUTHORISATION, 2_000), amount=2_000), attempt(S.CREATED, amount=8_000)], "pending"),
        ([attempt(S.CANCELLED, (K.AUTHORISATION, 10_000), (K.VOID, 10_000))], "voided"),
        ([attempt(S.EXPIRED, (K.AUTHORISATION, 10_000))], "voided"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 9_999))], "partially_paid"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000))], "paid"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 2_000)), attempt(S.CAPTURED, (K.CAPTURE, 8_000))], "paid"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000)), attempt(S.CAPTURED, (K.CAPTURE, 1))], "overpaid"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 11_000), (K.REFUND, 1_000))], "paid"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000), (K.REFUND, 1))], "partially_refunded"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000), (K.REFUND, 1, Phase.PENDING))], "paid"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000), (K.REFUND, 10_000))], "refunded"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000), (K.CHARGEBACK, 10_000, Phase.PENDING))], "disputed"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000), (K.CHARGEBACK, 10_000))], "disputed"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000), (K.CHARGEBACK, 10_000, Phase.FAILED))], "paid"),
        ([attempt(S.CAPTURED, (K.CAPTURE, 10_000), trusted=False)], "pending"),
    ],
)
def test_the_status_that_follows_from_the_books(attempts: list[Attempt], status: str) -> None:
    assert payment_status(10_000, attempts) == status


def test_an_order_that_costs_nothing_is_paid() -> None:
    assert payment_status(0, []) is PaymentStatus.PAID


def test_the_balance_leaves_out_what_is_in_review() -> None:
    attempts = [
        attempt(S.CAPTURED, (K.CAPTURE, 4_000), (K.REFUND, 1_000)),
        attempt(S.CAPTURED, (K.CAPTURE, 9_000), trusted=False),
    ]
    assert balance(10_000, attempts) == Balance(10_000, 4_000, 1_000, 3_000)
    assert balance(10_000, attempts).due == 6_000


def test_a_refund_empties_the_last_payment_first() -> None:
    giftcard, card = Refundable("giftcard", 2_000), Refundable("card", 8_000)
    assert distribute(3_000, [giftcard, card]) == [Refundable("card", 3_000)]
    assert distribute(9_000, [giftcard, card]) == [Refundable("card", 8_000), Refundable("giftcard", 1_000)]
    with pytest.raises(TooMuch, match="at most 10000"):
        distribute(10_001, [giftcard, card])


@given(st.lists(st.integers(0, 10_000), max_size=6), st.data())
def test_the_shares_of_a_refund_add_up_and_never_exceed_their_payment(amounts: list[int], data: st.DataObject) -> None:
    refundables = [Refundable(str(i), amount) for i, amount in enumerate(amounts)]
    wanted = data.draw(st.integers(0, sum(amounts)))
    shares = distribute(wanted, refundables)
    most = {r.payment: r.amount for r in refundables}
    assert sum(s.amount for s in shares) == wanted
    assert all(0 < s.amount <= most[s.payment] for s in shares)


def test_every_axis_lists_every_state_and_only_cancelled_orders_come_back() -> None:
    assert set(STATUS_TRANSITIONS) == set(Status)
    assert set(PAYMENT_TRANSITIONS) == set(PaymentStatus)
    assert may_become(Status.CANCELLED, Status.PLACED)
    assert not may_become(Status.PLACED, Status.DRAFT)
    assert PaymentStatus.NONE not in PAYMENT_TRANSITIONS[PaymentStatus.PAID]

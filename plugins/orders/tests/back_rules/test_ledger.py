"""The ledger is a set: the order and the repetition of snapshots change nothing, and oddities never count as money."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Entry, Phase, Snapshot, TransactionKind
from marketry_orders.domain.ledger import Expected, Ledger, Totals, fold
from marketry_orders.domain.paying import Attempt, payment_status
from marketry_orders.domain.states import PAYMENT_TRANSITIONS, PaymentStatus

AUTHORISATION, CAPTURE, VOID, REFUND, CHARGEBACK = TransactionKind
PENDING, SUCCEEDED, FAILED = Phase


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def entry(kind: TransactionKind, minor: int, remote_id: str = "1", phase: Phase = SUCCEEDED, currency: str = "USD") -> Entry:
    return Entry(kind, phase, Money(minor, currency), remote_id)


def books(*snapshots: Snapshot, amount: int = 10_000, exact: bool = True, account: str = "", live: bool | None = None) -> Ledger:
    ledger = Ledger(Expected(usd(amount), exact, account, live))
    for snapshot in snapshots:
        ledger = fold(ledger, snapshot)
    return ledger


def captured(*entries: Entry, **kw: object) -> Snapshot:
    return Snapshot(AttemptState.CAPTURED, entries=entries, **kw)  # type: ignore[arg-type]


entries = st.builds(
    Entry,
    st.sampled_from(TransactionKind),
    st.sampled_from(Phase),
    st.builds(Money, st.sampled_from([1, 400, 600, 10_000, 10_001]), st.sampled_from(["USD", "USD", "USD", "EUR"])),
    st.sampled_from(["a", "b", "c"]),
)
snapshots = st.lists(
    st.builds(
        Snapshot,
        st.sampled_from(AttemptState),
        entries=st.lists(entries, max_size=4).map(tuple),
        account=st.sampled_from(["", "acct_1", "acct_2"]),
        live=st.sampled_from([None, True, False]),
    ),
    max_size=6,
)


@given(snapshots, st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_snapshots_gives_the_same_ledger(found: list[Snapshot], chance: Random) -> None:
    once = books(*found, account="acct_1", live=True)
    again = found + found[: len(found) // 2]
    chance.shuffle(again)
    shuffled = books(*again, account="acct_1", live=True)
    assert shuffled == once
    assert shuffled.totals() == once.totals()
    assert shuffled.mismatches == once.mismatches


@given(snapshots)
def test_never_more_is_refundable_than_was_captured_and_not_yet_given_back(found: list[Snapshot]) -> None:
    totals = books(*found).totals()
    assert 0 <= totals.refundable <= totals.captured
    assert totals.refundable <= max(0, totals.captured - totals.refunded - totals.refunding)


@given(snapshots)
def test_a_ledger_with_a_mismatch_never_makes_an_order_paid(found: list[Snapshot]) -> None:
    ledger = books(*found, account="acct_1", live=True)
    attempts = [Attempt(ledger, trusted=not ledger.mismatches)]
    if ledger.mismatches:
        assert payment_status(10_000, attempts) is PaymentStatus.PENDING


def test_a_pending_capture_that_succeeds_counts_once() -> None:
    ledger = books(
        Snapshot(AttemptState.PROCESSING, entries=(entry(CAPTURE, 10_000, phase=PENDING),)),
        captured(entry(CAPTURE, 10_000)),
        Snapshot(AttemptState.PROCESSING, entries=(entry(CAPTURE, 10_000, phase=PENDING),)),
    )
    assert (ledger.state, ledger.totals()) == (AttemptState.CAPTURED, Totals(captured=10_000))
    assert ledger.mismatches == ()


def test_a_refund_that_bounces_gives_the_money_back_to_the_ledger() -> None:
    paid = captured(entry(CAPTURE, 10_000), entry(REFUND, 2_500, "r1"))
    assert books(paid).totals().refundable == 7_500
    bounced = captured(entry(CAPTURE, 10_000), entry(REFUND, 2_500, "r1", FAILED))
    assert books(bounced, paid).totals() == Totals(captured=10_000)


def test_a_pending_refund_binds_its_amount() -> None:
    totals = books(captured(entry(CAPTURE, 10_000), entry(REFUND, 9_999, "r1", PENDING))).totals()
    assert (totals.refunding, totals.refundable, totals.net) == (9_999, 1, 10_000)


def test_part_of_an_authorisation_may_be_taken_and_the_rest_is_capturable_until_it_is_voided() -> None:
    part = captured(entry(AUTHORISATION, 10_000), entry(CAPTURE, 4_000))
    assert books(part).capturable == 6_000
    assert books(part).mismatches == ()
    assert books(part, captured(entry(AUTHORISATION, 10_000), entry(CAPTURE, 4_000), entry(VOID, 6_000))).capturable == 0


def complaints(ledger: Ledger) -> list[str]:
    return [str(m) for m in ledger.mismatches]


def test_each_kind_of_mismatch_is_named() -> None:
    assert complaints(books(captured(entry(CAPTURE, 10_001)))) == ["amount: captured 10001, expected 10000"]
    assert complaints(books(captured(entry(CAPTURE, 9_999)))) == ["amount: captured only 9999, expected 10000"]
    assert complaints(books(captured(entry(CAPTURE, 10_000, currency="JPY")))) == [
        "currency: capture in JPY, expected USD",
        "entry: reported as captured without an entry that says how much",
    ]
    assert complaints(books(captured(entry(CAPTURE, 10_000), account="acct_2"), account="acct_1")) == [
        "account: paid to account acct_2, expected acct_1",
    ]
    assert complaints(books(captured(entry(CAPTURE, 10_000), live=False), live=True)) == ["mode: a test payment for a live order"]
    assert complaints(books(captured())) == ["entry: reported as captured without an entry that says how much"]
    assert complaints(books(captured(entry(CAPTURE, 6_000), entry(CAPTURE, 10_000)))) == [
        "amount: capture 1 was reported with two amounts",
    ]


def test_where_people_pay_by_hand_another_amount_is_no_mismatch() -> None:
    assert books(captured(entry(CAPTURE, 9_999)), exact=False).mismatches == ()
    assert books(captured(entry(CAPTURE, 12_000)), exact=False).mismatches == ()


@given(snapshots)
def test_the_payment_status_only_takes_steps_that_are_listed(found: list[Snapshot]) -> None:
    """Without chargebacks of money that never came, which only nonsense reports."""
    ledger, status = books(), PaymentStatus.NONE
    for snapshot in found:
        sensible = tuple(e for e in snapshot.entries if e.kind is not CHARGEBACK)
        ledger = fold(ledger, replace(snapshot, entries=sensible))
        after = payment_status(10_000, [Attempt(ledger, trusted=not ledger.mismatches)])
        assert after == status or after in PAYMENT_TRANSITIONS[status]
        status = after

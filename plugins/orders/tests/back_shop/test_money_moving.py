"""Capturing, voiding, refunding, receiving: never more than there is, never twice, safe when a process dies in between."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from marketry import Money, Refused
from marketry.commerce.payment import Phase, Snapshot
from marketry_orders.cancelling import cancel_order
from marketry_orders.capturing import capture_payment, void_payment
from marketry_orders.dossier import dossier_of
from marketry_orders.models import Operation
from marketry_orders.performing import perform, perform_all
from marketry_orders.receiving import receive_payment
from marketry_orders.refunding import refund_order
from marketry_orders.settling import settle


def paid(shop: Any, minor: int = 10_000) -> str:
    number: str = shop.order(("gateway", minor), total=minor)
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", minor))
    return number


def refusal(call: Any) -> tuple[str, int]:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.problems[0].code, refused.value.status


def test_parts_are_refunded_until_nothing_is_left(shop: Any) -> None:
    number = paid(shop)
    perform_all(shop.ctx(), refund_order(shop.ctx(), number, 2_500, reason="A scratch"))
    assert shop.standing(number)[1] == "partially_refunded"
    assert refusal(lambda: refund_order(shop.ctx(), number, 7_501)) == ("too_much", 409)
    perform_all(shop.ctx(), refund_order(shop.ctx(), number))
    assert shop.standing(number)[1] == "refunded"
    assert refusal(lambda: refund_order(shop.ctx(), number)) == ("nothing_to_refund", 409)
    assert [(e.amount, e.reason) for e in shop.published("refund.settled")] == [(2_500, "A scratch"), (7_500, "")]


def test_two_staff_refunding_at_once_give_back_no_more_than_there_is(shop: Any) -> None:
    number = paid(shop)

    def refund(_: int) -> str:
        try:
            return perform_all(shop.ctx(), refund_order(shop.ctx(), number, 6_000))[0]
        except Refused as refused:
            return refused.problems[0].code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(refund, range(2))) == ["done", "too_much"]
    assert [entry for entry in shop.ledger(number) if entry[0] == "refund"] == [("refund", "succeeded", 6_000)]


def test_ten_clicks_on_one_form_are_one_refund(shop: Any) -> None:
    number = paid(shop)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: perform_all(shop.ctx(), refund_order(shop.ctx(), number, 1_000, key="form-1")), range(10)))
    assert [entry for entry in shop.ledger(number) if entry[0] == "refund"] == [("refund", "succeeded", 1_000)]
    assert refusal(lambda: refund_order(shop.ctx(), number, 999, payments={"nobody": 1})) == ("unknown_payment", 404)


def test_a_refund_that_could_not_reach_the_gateway_binds_its_amount_and_is_carried_out_by_its_job(shop: Any) -> None:
    number = paid(shop)
    shop.gateway.away = True
    assert perform_all(shop.ctx(), refund_order(shop.ctx(), number, 9_000)) == ["sent"]
    assert refusal(lambda: refund_order(shop.ctx(), number, 1_001)) == ("too_much", 409)
    shop.gateway.away = False
    shop.later(seconds=30)
    shop.run()
    assert ("refund", "succeeded", 9_000) in shop.ledger(number)
    assert shop.standing(number)[1] == "partially_refunded"


def test_a_process_that_died_after_the_gateway_answered_repeats_the_call_under_the_same_key(shop: Any) -> None:
    number = paid(shop)
    (operation,) = refund_order(shop.ctx(), number, 4_000)
    ctx = shop.ctx()
    with ctx.reading():
        charge = dossier_of(ctx, number).books.books[0]
    from marketry_orders.charges import load_charge

    _, charge = load_charge(shop.ctx(), f"{number}-gateway")
    from marketry import Money

    shop.gateway.refund(shop.ctx(), charge, Money(4_000, "USD"), operation.id)  # and here the process was killed
    assert perform(shop.ctx(), operation.id) == "done"
    assert perform(shop.ctx(), operation.id) == "done"
    assert [entry for entry in shop.ledger(number) if entry[0] == "refund"] == [("refund", "succeeded", 4_000)]
    assert [key for kind, key, _ in shop.gateway.calls] == [operation.id] * 2


def test_a_gateway_that_refuses_fails_the_operation_and_frees_the_amount(shop: Any) -> None:
    number = paid(shop)
    shop.gateway.refuses = True
    assert perform_all(shop.ctx(), refund_order(shop.ctx(), number, 10_000)) == ["failed"]
    shop.gateway.refuses = False
    assert perform_all(shop.ctx(), refund_order(shop.ctx(), number, 10_000)) == ["done"]


def test_a_pending_refund_counts_when_it_settles(shop: Any) -> None:
    number = paid(shop)
    shop.gateway.refund_phase = Phase.PENDING
    perform_all(shop.ctx(), refund_order(shop.ctx(), number, 10_000))
    assert shop.standing(number)[1] == "paid"
    assert refusal(lambda: refund_order(shop.ctx(), number, 1)) == ("too_much", 409)
    assert shop.published("refund.settled") == []


def test_a_refund_is_spread_over_the_payments_the_last_first(shop: Any) -> None:
    number = shop.order(("transfer", 4_000), ("gateway", 6_000))
    receive_payment(shop.ctx(), number, f"{number}-transfer", 4_000, reference="Statement 7")
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 6_000))
    operations = refund_order(shop.ctx(), number, 7_000)
    perform_all(shop.ctx(), operations)
    assert [(o.payment_id, o.amount) for o in operations] == [(f"{number}-gateway", 6_000), (f"{number}-transfer", 1_000)]
    assert shop.standing(number)[1] == "partially_refunded"


def test_staff_mark_a_transfer_as_received_in_parts(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    receive_payment(shop.ctx(), number, f"{number}-transfer", 4_000)
    assert shop.standing(number)[1] == "partially_paid"
    receive_payment(shop.ctx(), number, f"{number}-transfer", 6_000)
    assert shop.standing(number)[1] == "paid"
    assert [e.amount for e in shop.published("payment.captured")] == [4_000, 6_000]


def test_two_people_cannot_book_one_transfer_twice(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))

    def book(_: int) -> str:
        try:
            return receive_payment(shop.ctx(), number, f"{number}-transfer", 10_000).state
        except Refused as refused:
            return refused.problems[0].code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(book, range(2))) == ["done", "more_than_due"]
    assert shop.standing(number)[1] == "paid"


def test_more_than_due_is_booked_when_it_is_meant(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    receive_payment(shop.ctx(), number, f"{number}-transfer", 10_100, excess=True)
    assert shop.standing(number)[1] == "overpaid"
    refund_order(shop.ctx(), number, 100)
    assert shop.standing(number)[1] == "paid"


def test_a_gateway_payment_cannot_be_marked_as_received(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    assert refusal(lambda: receive_payment(shop.ctx(), number, f"{number}-gateway", 10_000)) == ("not_deferred", 409)
    assert shop.ledger(number) == []


@pytest.fixture
def by_hand(make_shop: Any, database: str) -> Any:
    return make_shop(more='[settings.orders]\ncapture = "by_hand"')


def test_reserved_money_is_taken_in_part_and_the_rest_let_go(by_hand: Any) -> None:
    shop = by_hand
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.authorises(f"{number}-gateway", 10_000))
    assert shop.standing(number)[1] == "authorised"
    assert refusal(lambda: capture_payment(shop.ctx(), number, f"{number}-gateway", 10_001)) == ("too_much", 409)
    perform_all(shop.ctx(), [capture_payment(shop.ctx(), number, f"{number}-gateway", 3_000)])
    assert shop.standing(number)[1] == "partially_paid"
    perform_all(shop.ctx(), [void_payment(shop.ctx(), number, f"{number}-gateway")])
    assert refusal(lambda: capture_payment(shop.ctx(), number, f"{number}-gateway", 1)) == ("too_much", 409)


def test_cancelling_lets_reserved_money_go(by_hand: Any) -> None:
    shop = by_hand
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.authorises(f"{number}-gateway", 10_000))
    perform_all(shop.ctx(), cancel_order(shop.ctx(), number, "Out of fashion"))
    assert shop.standing(number) == ("cancelled", "voided", "cancelled")
    assert shop.shelf.of("release") == [("release", f"order:{number}")]


def test_cancelling_gives_money_back_unless_staff_decide_otherwise(shop: Any) -> None:
    number, kept = paid(shop), paid(shop)
    perform_all(shop.ctx(), cancel_order(shop.ctx(), number, "Sorry"))
    perform_all(shop.ctx(), cancel_order(shop.ctx(), kept, "Fee", refund=False))
    assert shop.standing(number) == ("cancelled", "refunded", "cancelled")
    assert shop.standing(kept) == ("cancelled", "paid", "cancelled")
    assert cancel_order(shop.ctx(), number, "again") == []
    assert len(shop.published("order.cancelled")) == 2


def test_the_poller_finds_a_payment_whose_webhook_was_lost(shop: Any) -> None:
    from marketry_orders.fetching import poll

    number = shop.order(("gateway", 10_000))
    shop.gateway.pays(f"{number}-gateway", 10_000)
    shop.later(minutes=5)
    poll(shop.ctx())
    shop.run()
    assert shop.standing(number)[1] == "paid"


def test_a_webhook_is_stored_answered_and_makes_the_payment_be_fetched(shop: Any) -> None:
    from marketry.commerce.payment import PaymentDesk, RawRequest
    from marketry_orders.payment_desk import OrdersDesk

    number = shop.order(("gateway", 10_000))
    shop.gateway.pays(f"{number}-gateway", 10_000)
    desk = shop.runtime.service(PaymentDesk)
    assert isinstance(desk, OrdersDesk)
    request = RawRequest(f"evt_1:{number}-gateway".encode(), {"signature": "right"})
    for _ in range(3):
        assert desk.receive_webhook(shop.ctx(), "doubles", "gateway", request) == (200, "success")
    forged = RawRequest(request.body, {"signature": "wrong"})
    assert refusal(lambda: desk.receive_webhook(shop.ctx(), "doubles", "gateway", forged)) == ("forged", 400)
    assert shop.standing(number)[1] == "pending"  # a notice is never believed
    shop.run()
    assert shop.standing(number)[1] == "paid"


def test_a_hold_keeps_money_from_being_taken_until_it_is_lifted(shop: Any) -> None:
    from marketry.commerce.checkout import Hold
    from marketry_orders import staff_actions
    from marketry_orders.holding import place_hold
    from marketry_orders.staff_requests import LiftHold

    number = shop.order(("gateway", 10_000))
    place_hold(shop.ctx(), number, Hold("fraud", "Check the address", plugin="fraud"))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.authorises(f"{number}-gateway", 10_000))
    shop.run()
    assert shop.standing(number)[1] == "authorised"
    assert refusal(lambda: capture_payment(shop.ctx(), number, f"{number}-gateway")) == ("on_hold", 409)
    ctx = shop.ctx("*")
    with ctx.reading():
        (hold,) = dossier_of(ctx, number).active_holds
    staff_actions.lift(ctx, number, LiftHold(hold=hold.id))
    assert shop.standing(number)[1] == "paid"


def test_a_payment_that_no_gateway_has_heard_of_ends_without_asking_anybody(shop: Any) -> None:
    number = shop.order(("gateway", 10_000), started=False)
    assert cancel_order(shop.ctx(), number, "Changed my mind") == []
    assert shop.gateway.calls == []
    assert shop.standing(number) == ("cancelled", "none", "cancelled")


def test_two_processes_carry_out_an_operation_of_our_own_database_once(shop: Any, monkeypatch: Any) -> None:
    number = shop.order(("credit", 10_000))
    credit = shop.runtime.provider("credit")
    settle(shop.ctx(), f"{number}-credit", credit.capture(shop.ctx(), None, Money(10_000, "USD"), "c1"))
    order, payment = shop.one(number), f"{number}-credit"
    with shop.ctx().writing() as session:
        refund_asked = {"id": "op", "order_id": order.id, "payment_id": payment, "kind": "refund", "requested_at": shop.now[0]}
        session.add(Operation(**refund_asked, amount=400, currency="USD"))
    asked, own = [], credit.refund

    def refund(ctx: Any, charge: Any, amount: Money, key: str) -> Snapshot:
        asked.append(key)
        time.sleep(0.3)  # the other process reads the operation meanwhile
        return own(ctx, charge, amount, key)

    monkeypatch.setattr(credit, "refund", refund)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: perform(shop.ctx(), "op"), range(2))) == ["done", "done"]
    assert asked == ["op"]
    assert shop.ledger(number)[-1] == ("refund", "succeeded", 400)

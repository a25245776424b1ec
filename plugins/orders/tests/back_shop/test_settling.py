"""What a snapshot makes true, once: books, events, the order's payment status, stock that waits, money that comes late."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text, update

from marketry import Money, Refused
from marketry.commerce.payment import AttemptState, Entry, Phase, Snapshot, TransactionKind
from marketry_orders.cancelling import cancel_order
from marketry_orders.expiring import expire_order, expire_orders
from marketry_orders.fetching import poll
from marketry_orders.models import Payment
from marketry_orders.paying_again import pay_again
from marketry_orders.performing import perform_all
from marketry_orders.reviewing import accept_payment
from marketry_orders.settling import settle


def providers_of(shop: Any) -> list[str]:
    with shop.ctx().reading() as session:
        return list(session.scalars(select(Payment.provider).order_by(Payment.position)))


def test_a_captured_payment_makes_the_order_paid_and_tells_it_once(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    snapshot = shop.gateway.pays(f"{number}-gateway", 10_000)
    for _ in range(3):
        settle(shop.ctx(), f"{number}-gateway", snapshot)
    assert shop.standing(number) == ("placed", "paid", "unfulfilled")
    assert shop.ledger(number) == [("capture", "succeeded", 10_000)]
    assert [(e.type, e.amount) for e in shop.published("payment.captured", "order.paid")] == [
        ("payment.captured", 10_000),
        ("order.paid", 10_000),
    ]
    assert shop.shelf.of("keep") == [("keep", f"order:{number}")]


def test_ten_times_the_same_snapshot_at_once_is_settled_once(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    snapshot = shop.gateway.pays(f"{number}-gateway", 10_000)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: settle(shop.ctx(), f"{number}-gateway", snapshot), range(10)))
    assert shop.ledger(number) == [("capture", "succeeded", 10_000)]
    assert len(shop.published("payment.captured")) == 1
    assert len(shop.published("order.paid")) == 1


def test_several_payments_make_an_order_paid_together(shop: Any) -> None:
    number = shop.order(("credit", 2_000), ("gateway", 8_000))
    shop.gateway.authorises(f"{number}-gateway", 8_000)
    credit = Entry(TransactionKind.AUTHORISATION, Phase.SUCCEEDED, Money(2_000, "USD"), "c1")
    settle(shop.ctx(), f"{number}-credit", Snapshot(AttemptState.AUTHORISED, entries=(credit,)))
    assert shop.standing(number)[1] == "pending"
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.snapshot(f"{number}-gateway"))
    assert shop.standing(number)[1] == "partially_paid"  # credit is taken at once, the gateway is asked by its job
    shop.run()
    assert shop.standing(number)[1] == "paid"
    assert sorted(shop.ledger(number)) == [
        ("authorisation", "succeeded", 2_000),
        ("authorisation", "succeeded", 8_000),
        ("capture", "succeeded", 2_000),
        ("capture", "succeeded", 8_000),
    ]


def test_a_mismatch_goes_to_review_and_never_makes_the_order_paid(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000, "JPY"))
    assert shop.standing(number)[1] == "pending"
    assert shop.published("payment.captured", "order.paid") == []


def test_a_test_payment_never_pays_a_live_order(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    entry = Entry(TransactionKind.CAPTURE, Phase.SUCCEEDED, Money(10_000, "USD"), "ch_1")
    settle(shop.ctx(), f"{number}-gateway", Snapshot(AttemptState.CAPTURED, entries=(entry,), account="acct_shop", live=False))
    assert shop.standing(number)[1] == "pending"
    assert shop.published("order.paid") == []


def test_what_staff_accept_counts_and_is_told_then(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_500))
    assert shop.standing(number)[1] == "pending"
    accept_payment(shop.ctx("*"), number, f"{number}-gateway", "The buyer rounded up")
    assert shop.standing(number)[1] == "overpaid"
    assert [e.amount for e in shop.published("payment.captured")] == [10_500]


def test_money_for_an_order_that_staff_cancelled_is_given_back_exactly_once(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    cancel_order(shop.ctx(), number, "Changed my mind")
    snapshot = shop.gateway.pays(f"{number}-gateway", 10_000)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: settle(shop.ctx(), f"{number}-gateway", snapshot), range(4)))
    shop.run()
    settle(shop.ctx(), f"{number}-gateway", snapshot)
    shop.run()
    assert shop.standing(number) == ("cancelled", "refunded", "cancelled")
    assert [(kind, amount) for kind, _, amount in shop.gateway.calls if kind == "refund"] != []
    assert sum(1 for kind, *_ in shop.gateway.calls if kind == "refund") == 1
    assert ("refund", "succeeded", 10_000) in shop.ledger(number)


def test_money_for_an_expired_order_brings_it_back_while_the_goods_are_there(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    shop.later(minutes=61)
    assert expire_order(shop.ctx(), number) is True
    assert shop.standing(number)[0] == "cancelled"
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    assert shop.standing(number) == ("placed", "paid", "unfulfilled")
    assert shop.shelf.of("reserve")[0] == ("reserve", f"order:{number}", ("OAK", "A", 2))


def test_money_for_an_expired_order_goes_back_when_the_goods_are_gone(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    shop.later(minutes=61)
    expire_order(shop.ctx(), number)
    shop.shelf.sold_out = True
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    shop.run()
    assert shop.standing(number) == ("cancelled", "refunded", "cancelled")


def test_an_order_paid_at_the_last_moment_is_not_expired(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    shop.later(minutes=61)
    shop.gateway.pays(f"{number}-gateway", 10_000)  # the webhook was lost
    expire_orders(shop.ctx())
    assert shop.standing(number) == ("placed", "paid", "unfulfilled")


def test_an_order_is_not_expired_while_its_gateway_cannot_be_asked(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    shop.later(minutes=61)
    shop.gateway.away = True
    expire_orders(shop.ctx())
    assert shop.standing(number)[0] == "placed"
    shop.gateway.away = False
    expire_orders(shop.ctx())
    assert shop.standing(number)[0] == "cancelled"


def test_what_a_disabled_gateway_may_have_taken_waits_for_it_and_keeps_nobody_else_waiting(shop: Any, monkeypatch: Any) -> None:
    first, second = shop.order(("gateway", 10_000)), shop.order(("gateway", 10_000))
    with shop.ctx().writing() as session:
        session.execute(update(Payment).where(Payment.id == f"{first}-gateway").values(provider="disabled"))
    shop.later(minutes=61)
    monkeypatch.setattr("marketry_orders.expiring.AT_MOST", 1)
    expire_orders(shop.ctx())
    assert (shop.standing(first)[0], shop.standing(second)[0]) == ("placed", "cancelled")
    poll(shop.ctx())
    with shop.ctx().reading() as session:
        assert session.execute(text("SELECT count(*) FROM kernel_outbox WHERE handler = 'job:orders.fetch'")).scalar_one() == 0


def test_an_order_that_waits_for_cash_is_never_expired(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    shop.later(days=40)
    expire_orders(shop.ctx())
    assert shop.standing(number)[0] == "placed"


def test_an_order_that_costs_nothing_is_paid_by_being_placed(shop: Any) -> None:
    from marketry_orders.locking import lock_order
    from marketry_orders.standing import update_standing

    number = shop.order(total=0)
    ctx = shop.ctx()
    with ctx.writing():
        update_standing(ctx, lock_order(ctx, number))
    assert shop.standing(number) == ("placed", "paid", "unfulfilled")


def test_goods_that_sold_out_before_the_money_came_put_the_order_on_hold(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    shop.shelf.sold_out = True
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    from marketry_orders.dossier import dossier_of

    ctx = shop.ctx()
    with ctx.reading():
        assert [(h.code, h.blocks) for h in dossier_of(ctx, number).active_holds] == [("sold_out", ["fulfil"])]
    assert shop.standing(number)[1] == "paid"


def test_goods_wait_as_long_as_a_transfer_takes_that_follows_a_failed_card(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", Snapshot(AttemptState.FAILED))
    shop.shelf.sold_out = True
    with pytest.raises(Refused) as refused:
        pay_again(shop.ctx(), number, "transfer")
    assert (refused.value.problems[0].code, refused.value.status) == ("out_of_stock", 409)
    assert providers_of(shop) == ["gateway"]
    shop.shelf.sold_out = False
    pay_again(shop.ctx(), number, "transfer")
    assert shop.shelf.told == [("reserve", f"order:{number}", ("OAK", "A", 2)), ("keep", f"order:{number}")]
    assert providers_of(shop) == ["gateway", "transfer"]


def test_a_refund_that_bounces_is_told_and_can_be_made_again(shop: Any) -> None:
    from marketry_orders.refunding import refund_order

    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    perform_all(shop.ctx(), refund_order(shop.ctx(), number, 4_000))
    assert shop.standing(number)[1] == "partially_refunded"
    refund = shop.gateway.books[f"{number}-gateway"][-1]
    bounced = Snapshot(AttemptState.CAPTURED, entries=(Entry(refund.kind, Phase.FAILED, refund.amount, refund.remote_id),))
    settle(shop.ctx(), f"{number}-gateway", bounced)
    assert shop.standing(number)[1] == "paid"
    assert [(e.type, e.amount) for e in shop.published("refund.settled", "refund.reversed")] == [
        ("refund.settled", 4_000),
        ("refund.reversed", 4_000),
    ]
    perform_all(shop.ctx(), refund_order(shop.ctx(), number, 10_000))
    assert shop.standing(number)[1] == "refunded"

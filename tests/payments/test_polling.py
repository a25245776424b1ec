"""What nobody tells the shop it finds out by asking, and what the gateways' books say otherwise is listed for staff."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.payments.agreeing import books_agree
from tests.payments.passing import age, compared_until, due, jobs_are_lost
from tests.payments.till import Till, until

PAID = [("capture", "succeeded", 1999, "USD")]
PAID_CNY = [("capture", "succeeded", 13993, "CNY")]
MINUTES = timedelta(minutes=10)
DIFFERENCES = "SELECT kind, ours, theirs, currency FROM orders_discrepancy WHERE remote_id = :name"


def test_no_notice_comes_and_no_buyer_returns(till: Till) -> None:
    till.stripe.drop(1000)
    till.alipay.controls.plan(1000, drop=True)
    by_card, card_token, address = till.order("stripe")
    till.card(address)
    by_alipay, alipay_token, page = till.order("alipay", currency="CNY")
    till.scan(by_alipay, page)
    open_still, open_token, _ = till.order("stripe")
    unknown_there, unknown_token, _ = till.order("alipay", currency="CNY")
    till.at_rest()
    assert (till.state(by_card, card_token), till.state(by_alipay, alipay_token)) == ("pending", "pending")
    age(till, [by_card, by_alipay, open_still, unknown_there], MINUTES)
    due(till, "orders.poll")
    till.becomes(by_card, card_token, "paid")
    till.becomes(by_alipay, alipay_token, "paid")
    assert books_agree(till, by_card) == PAID
    assert books_agree(till, by_alipay) == PAID_CNY
    assert (till.state(open_still, open_token), till.state(unknown_there, unknown_token)) == ("pending", "pending")


def test_a_refund_whose_answer_and_job_were_lost_is_asked_for_again_and_given_once(till: Till) -> None:
    number, token = till.paid("stripe")
    till.at_rest()  # a notice of the payment that is looked into later would find the refund as well
    till.stripe.fault("lost", 2, method="POST", path="/v1/refunds$")  # the SDK's own second try is lost, too
    till.stripe.drop(1000)
    assert till.deed(number, "refund", amount=500).status_code in (200, 202)
    operation = "SELECT o.id, o.state FROM orders_operation o JOIN orders_payment p ON p.id = o.payment_id WHERE p.id = :payment"
    payment = till.payments(number)[0].id
    asked, state = till.books.rows(operation, payment=payment)[0]
    assert (state, till.state(number, token)) == ("sent", "paid")
    jobs_are_lost(till, [f"operate:{asked}"])
    age(till, [number], MINUTES)
    due(till, "orders.poll")
    till.becomes(number, token, "partially_refunded")
    assert books_agree(till, number) == [*PAID, ("refund", "succeeded", 500, "USD")]
    assert till.books.rows(operation, payment=payment) == [(asked, "done")]


def test_what_alipays_bill_says_otherwise_is_listed_for_staff(till: Till) -> None:
    """A refund that nobody told the shop of, and a payment that Alipay's bill lacks; one that both have is no difference."""
    agreed, told_nobody, missing = (till.paid("alipay")[0] for _ in range(3))
    till.alipay.controls.plan(1000, drop=True)
    trade = trade_of(till, told_nobody)
    name = f"at-the-counter-{trade.trade_no[-6:]}"
    till.alipay.book.refund(trade, Decimal("1.00"), name, "")
    till.at_rest()
    days = timedelta(days=4)
    age(till, [agreed, told_nobody, missing], days)
    for number in (agreed, told_nobody):
        on_the_bill = trade_of(till, number)
        on_the_bill.paid_at -= days
        for refund in on_the_bill.refunds:
            refund.refunded_at -= days
    compared_until(till, "alipay", 6)
    due(till, "orders.reconcile")
    until(lambda: bool(till.books.rows(DIFFERENCES, name=name)), 60)
    assert till.books.rows(DIFFERENCES, name=name) == [("refund", None, 100, "CNY")]
    assert till.books.rows(DIFFERENCES, name=trade_of(till, missing).trade_no) == [("capture", 13993, None, "CNY")]
    assert till.books.rows(DIFFERENCES, name=trade_of(till, agreed).trade_no) == []
    page = till.staff.get("/admin/reconciliation").text
    assert name in page
    assert trade_of(till, missing).trade_no in page


def trade_of(till: Till, number: str) -> Any:
    """The twin's own entry."""
    return till.alipay.book.trade(till.key_of(number))

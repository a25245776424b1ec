"""Money that comes when nobody waits for it any more: it pays an order that is still wanted, or goes back exactly once."""

import httpx
import pytest
from marketry_gateways.stripe.desk import Desk
from tests.payments.agreeing import books_agree
from tests.payments.staff import send_form
from tests.payments.till import Till, until

GATEWAYS = pytest.mark.parametrize(("method", "currency"), [("stripe", "USD"), ("alipay", "CNY")])
EXPIRE = "/expire$"


def paid_and_back(amount: int, currency: str) -> list[tuple[str, str, int, str]]:
    return [("capture", "succeeded", amount, currency), ("refund", "succeeded", amount, currency)]


def pay(till: Till, method: str, number: str, address: str) -> str:
    """The buyer pays on the gateway's page; where they are sent afterwards."""
    return till.scan(number, address) if method == "alipay" else str(till.card(address).headers["location"])


def goes_back(till: Till, number: str) -> None:
    until(lambda: till.seen(number)["payment_status"] == "refunded", 60, lambda: str(till.seen(number)["timeline"]))


def refunds(till: Till, number: str) -> list[tuple[str, str, int]]:
    return [operation for operation in till.operations(number) if operation[0] == "refund"]


@GATEWAYS
def test_paid_unheard_before_staff_cancelled_is_given_back_once(till: Till, method: str, currency: str) -> None:
    number, _, address = till.order(method, "TEN", currency)
    till.stripe.hold()
    till.alipay.controls.hold()
    back = pay(till, method, number, address)
    assert till.deed(number, "cancel", reason="Out of tea.").status_code in (200, 202)
    till.calm()
    for _ in range(2):
        till.browser.get(back, follow_redirects=True)
    if method == "stripe":
        till.stripe.repeat(5, type="checkout.session.completed", parallel=True)
    else:
        till.alipay.controls.notify(till.key_of(number), copies=5, parallel=True)
    goes_back(till, number)
    assert books_agree(till, number) == paid_and_back(1000, currency)
    assert refunds(till, number) == [("refund", "done", 1000)]
    assert till.seen(number)["status"] == "cancelled"


@GATEWAYS
def test_paid_after_staff_cancelled_is_given_back_once(till: Till, method: str, currency: str) -> None:
    """Alipay's page can still be opened by its address; Stripe's only where it couldn't be told that the page is over."""
    number, _, address = till.order(method, "TEN", currency)
    till.stripe.fault("error", 2, method="POST", path=EXPIRE)
    assert till.deed(number, "cancel", reason="Out of tea.").status_code in (200, 202)
    till.browser.get(pay(till, method, number, address), follow_redirects=True)
    goes_back(till, number)
    assert books_agree(till, number) == paid_and_back(1000, currency)
    assert refunds(till, number) == [("refund", "done", 1000)]


@GATEWAYS
def test_paid_after_it_expired_the_order_comes_back_while_the_goods_are_there(till: Till, method: str, currency: str) -> None:
    number, token, address = till.order(method, "TEN", currency)
    expire(till, number)
    till.browser.get(pay(till, method, number, address), follow_redirects=True)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == paid_and_back(1000, currency)[:1]
    seen = till.seen(number)
    assert (seen["status"], refunds(till, number)) == ("placed", [])
    assert "order.reinstated" in [entry["kind"] for entry in seen["timeline"]]


@pytest.mark.parametrize(("method", "currency", "sku"), [("stripe", "USD", "LAST-A"), ("alipay", "CNY", "LAST-B")])
def test_paid_after_it_expired_is_given_back_once_where_the_goods_are_gone(
    till: Till, method: str, currency: str, sku: str
) -> None:
    number, _, address = till.order(method, sku, currency)
    expire(till, number)
    till.paid("stripe", sku)  # somebody else has it now
    till.browser.get(pay(till, method, number, address), follow_redirects=True)
    goes_back(till, number)
    assert books_agree(till, number) == paid_and_back(1000, currency)
    assert (till.seen(number)["status"], refunds(till, number)) == ("cancelled", [("refund", "done", 1000)])


def expire(till: Till, number: str) -> None:
    """Nobody paid in time. Stripe's clock is behind, and it can't be told that its page is over."""
    (payment,) = till.payments(number)
    if payment.provider == "stripe":
        found = till.stripe.book.find(payment.remote_id)
        assert found is not None
        Desk(till.stripe.world, till.stripe.account, False).put(found[0] | {"expires_at": found[0]["created"]})
    till.stripe.fault("error", 2, method="POST", path=EXPIRE)
    till.overdue(number)
    until(lambda: till.seen(number)["status"] == "cancelled", 60, lambda: str(till.seen(number)["timeline"]))


def test_paid_by_the_way_that_the_buyer_had_left_is_given_back_once(till: Till) -> None:
    number, token, address = till.order("alipay", "TEN", "CNY")
    (left,) = till.payments(number)
    with httpx.Client(base_url=till.site.url, headers={"Origin": till.site.url}, follow_redirects=True, timeout=60) as buyer:
        page = f"/orders/{number}?token={token}"
        assert send_form(buyer, page, f"/orders/{number}/payments/{left.id}/leave").status_code == 200
        chosen = send_form(buyer, page, f"/orders/{number}/payments", payment="stripe")
    till.come_back(till.card(str(chosen.url)))
    till.becomes(number, token, "paid")
    till.browser.get(address, follow_redirects=True)
    till.alipay.controls.pay(left.remote_id)
    until(lambda: refunds(till, number) == [("refund", "done", 1000)], 60, lambda: str(till.seen(number)["timeline"]))
    till.alipay.controls.notify(left.remote_id, copies=3, parallel=True)
    captures = [("capture", "succeeded", 1000, "CNY")] * 2
    assert books_agree(till, number) == [*captures, ("refund", "succeeded", 1000, "CNY")]
    assert (till.seen(number)["payment_status"], till.seen(number)["balance"]["held"]["minor"]) == ("paid", 1000)


def test_an_order_waits_for_a_direct_debit_that_the_bank_takes_days_over(till: Till) -> None:
    number, token, address = till.order("stripe", "CUP", "EUR")
    form = {"email": "ada@example.com", "method": "sepa_debit", "iban": "AT611904300234573201", "name": "Ada", "mandate": "on"}
    answer = till.browser.post(address, data=form)
    till.come_back(answer)
    until(lambda: till.payments(number)[0].state == "processing", 60, lambda: str(till.payments(number)))
    till.overdue(number)
    (payment,) = [p for p in till.stripe.statement()["payments"] if p["client_reference_id"] == till.payments(number)[0].id]
    until(lambda: not till.waits("schedule:orders.expire"), 60, lambda: "the schedule has not run")
    assert till.seen(number)["status"] == "placed"
    till.stripe.settle(payment["payment_intent"], success=True)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == [("capture", "succeeded", 1999, "EUR")]

"""What staff see of one payment, and of the books compared."""

from typing import Any

from marketry import Money
from marketry.commerce.payment import Settled, TransactionKind
from marketry_orders.reconciling import reconcile


def test_where_no_way_to_pay_lists_its_book_nothing_is_said_to_agree(web: Any) -> None:
    page = web.get("/admin/reconciliation").text
    assert "None of the enabled ways to pay lists its own book." in page
    assert "The books agree" not in page


def test_differences_are_shown_until_they_are_settled(shop: Any, web: Any, send: Any) -> None:
    strange = Settled("ch_strange", TransactionKind.CAPTURE, Money(500, "USD"), shop.now[0])
    shop.gateway.reconcile = lambda ctx, since, until: [strange] if since <= strange.at < until else []
    shop.later(days=2)
    reconcile(shop.ctx())
    page = web.get("/admin/reconciliation").text
    assert "ch_strange" in page
    assert "$5.00" in page
    settled = send("/admin/reconciliation", "/admin/reconciliation/1", note="A test payment.")
    assert settled.status_code == 200
    assert "ch_strange" not in settled.text
    assert "The books agree" in settled.text


def test_one_payment_shows_its_ledger_and_is_asked_about_by_a_button(shop: Any, web: Any, send: Any) -> None:
    number = shop.order(("gateway", 10_000))
    address = f"/admin/payments/{number}-gateway"
    page = web.get(address).text
    assert "No money has moved yet." in page
    shop.gateway.pays(f"{number}-gateway", 10_000)
    asked = send(address, f"{address}/look")
    assert "ch_1" in asked.text
    assert shop.ledger(number) == [("capture", "succeeded", 10_000)]


def test_a_payment_that_is_none_is_not_there(web: Any) -> None:
    assert web.get("/admin/payments/none").status_code == 404

"""A buyer in front of a payment that isn't settled: coming back, waiting, going another way."""

import re

import pytest
from plugins.orders.tests.front_pages.test_checkout_pages import address, send
from plugins.orders.tests.front_payers import Gateway
from plugins.orders.tests.front_shop import Goods, make_shop

from marketry import Plugin
from marketry.commerce.money import Money
from marketry.commerce.payment import Action, AttemptState, Entry, Phase, Snapshot, TransactionKind
from marketry.testing.clients import client_of
from marketry.testing.inline import inline_plugin


class Asked(Gateway):
    """Counts how often it is asked how a payment stands, and answers `now`."""

    def __init__(self):
        super().__init__()
        self.now, self.fetched, self.voided = Snapshot(AttemptState.REQUIRES_ACTION, "r-1"), 0, 0

    def fetch(self, ctx, charge):
        self.fetched += 1
        return self.now

    def void(self, ctx, charge, key):
        self.voided += 1
        return Snapshot(AttemptState.CANCELLED, "r-1") if self.now.state is AttemptState.REQUIRES_ACTION else self.now


@pytest.fixture
def gateway():
    return Asked()


@pytest.fixture
def client(database, make_site, gateway):
    goods = Goods()
    goods.sell("MUG", 1250, units=10)
    plugin = inline_plugin(Plugin(id="gateway", title="Gateway"), payment_providers=lambda: [gateway])
    return client_of(make_shop(make_site, goods, extra=[plugin]))


def paid():
    return Snapshot(AttemptState.CAPTURED, "r-1", (Entry(TransactionKind.CAPTURE, Phase.SUCCEEDED, Money(1250, "USD"), "ch-1"),))


def order(client, gateway):
    """Buy, up to the gateway's door; returns the order's address and the one that the gateway sends buyers back to."""
    client.post("/cart/lines", data={"sku": "MUG", "quantity": "1"})
    step = send(client, client.get("/checkout/address"), "/checkout/address", email="ada@example.com", **address("shipping"))
    step = send(client, step, "/checkout/payment", payment="gateway")
    agreed = re.search(r'name="agreed" value="([^"]+)"', step.text)[1]
    client.follow_redirects = False
    placed = send(client, step, "/checkout/place", agreed=agreed)
    assert placed.status_code == 303
    client.follow_redirects = True
    charge = gateway.asked[0]
    return f"/orders/{charge.order_number}", charge.return_url.removeprefix("http://testserver")


def test_coming_back_asks_the_gateway_and_believes_it_alone(client, gateway):
    page, back = order(client, gateway)
    shown = client.get(f"{back}&status=paid&total_amount=0.01")
    assert (shown.status_code, gateway.fetched) == (200, 1)
    assert "Payment pending" in shown.text or 'id="waiting"' in shown.text
    gateway.now = paid()
    shown = client.get(back)
    assert shown.url.path == page
    assert 'id="waiting"' not in shown.text


def test_only_the_payment_is_missing_until_it_is_made(client, gateway):
    page, back = order(client, gateway)
    shown = client.get(page).text
    assert "Only your payment is missing" in shown
    assert "Nothing has been charged yet." in shown
    assert "/again" not in shown
    gateway.now = paid()
    shown = client.get(back).text
    assert "Thank you for your order" in shown
    assert "Only your payment is missing" not in shown
    assert "/again" in shown


def test_what_went_back_stands_under_the_total(client, gateway):
    _, back = order(client, gateway)
    taken = paid()
    back_again = Entry(TransactionKind.REFUND, Phase.SUCCEEDED, Money(333, "USD"), "re-1")
    bounced = Entry(TransactionKind.REFUND, Phase.FAILED, Money(500, "USD"), "re-2")
    gateway.now = Snapshot(AttemptState.CAPTURED, "r-1", (*taken.entries, back_again, bounced))
    shown = client.get(back).text
    assert re.search(r">Refunded</dt><dd[^>]*>([^<]+)<", shown)[1] == "$3.33"


def test_the_page_that_waits_goes_on_by_itself(client, gateway):
    page, _ = order(client, gateway)
    assert 'hx-trigger="every 4s"' in client.get(page).text
    again = client.get(f"{page}/waiting", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in again.headers
    gateway.now = paid()
    assert client.get(f"{page}/waiting", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_page_that_is_loaded_over_and_over_asks_the_gateway_no_more_often(client, gateway):
    page, _ = order(client, gateway)
    for _ in range(20):
        client.get(f"{page}/waiting")
    assert gateway.fetched <= 6


def test_a_code_to_scan_is_drawn_on_the_page(client, gateway):
    gateway.answer = Snapshot(AttemptState.REQUIRES_ACTION, "r-1", action=Action("qr", "https://pay.example/qr/1"))
    page, _ = order(client, gateway)
    shown = client.get(page)
    assert 'class="order__code"' in shown.text
    assert "<svg" in shown.text
    assert "style=" not in shown.text


def test_another_way_to_pay_closes_the_first_attempt(client, gateway):
    page, _ = order(client, gateway)
    leave = re.search(r'action="([^"]+/leave)"', client.get(page).text)[1]
    shown = send(client, client.get(page), leave)
    assert gateway.voided == 1
    assert 'value="bank_transfer"' in shown.text
    shown = send(client, shown, f"{page}/payments", payment="bank_transfer")
    assert "123456789" in shown.text


def test_who_paid_meanwhile_has_paid(client, gateway):
    page, _ = order(client, gateway)
    leave = re.search(r'action="([^"]+/leave)"', client.get(page).text)[1]
    gateway.now = paid()
    shown = send(client, client.get(page), leave)
    assert 'value="bank_transfer"' not in shown.text
    assert 'id="waiting"' not in shown.text


def test_strangers_see_nothing_of_it(client, gateway):
    page, back = order(client, gateway)
    client.cookies.clear()
    assert client.get(f"{page}/waiting").status_code == 404
    assert client.get(re.sub("token=.*", "token=x", back)).status_code == 404
    assert gateway.fetched == 0

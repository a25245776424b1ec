"""A shop that tried its gateways goes live: test and live don't mix, and keys that are taken out hide their method."""

from typing import Any

import pytest
from tests.buying import Buyer
from tests.payments.agreeing import books_agree
from tests.payments.staff import send_form
from tests.payments.till import SECRET, Till

OWN_SHOP = True
pytestmark = pytest.mark.parametrize("open_till", ["sqlite"], indirect=True, scope="module")  # no statement of SQL differs
STRIPE, ALIPAY = "MARKETRY_PAYMENTS_STRIPE__", "MARKETRY_PAYMENTS_ALIPAY__"
LIVE = {f"{STRIPE}SECRET_KEY": "sk_live_twin", f"{ALIPAY}MODE": "live"}
WAS_TEST = "This was a test payment: no money moved. The settings are of live mode now"
WAS_LIVE = "This payment was made in live mode, and the settings are of test mode now."
MODES = "SELECT p.live FROM orders_payment p JOIN orders_order o ON o.id = p.order_id WHERE o.number = :number"


def restarted(till: Till, **environment: str) -> None:
    till.site.stop()
    till.site.environment |= environment
    till.site.start(wait=False)
    till.site.wait(seconds=120)


def methods(till: Till) -> set[str]:
    """What somebody who buys in yuan may choose."""
    buyer = Buyer(till.site.url)
    try:
        buyer.open_cart(currency="CNY")
        assert buyer.add("TEA").status_code in (200, 201)
        return {method["code"] for method in buyer.methods("payment")}
    finally:
        buyer.http.close()


def refused_everywhere(till: Till, number: str, said: str) -> None:
    """By the staff's JSON, and on the payment's page."""
    refusal = till.deed(number, "refund", amount=100)
    assert refusal.status_code == 409
    problem: Any = refusal.json()
    assert (problem["code"], problem["detail"].startswith(said)) == ("other_account", True)
    refused_to_look(till, number, said)


def refused_to_look(till: Till, number: str, said: str) -> None:
    page = f"/admin/payments/{till.payments(number)[0].id}"
    answer = send_form(till.staff, page, f"{page}/look")
    assert answer.status_code == 409
    assert said in answer.text


def calls(till: Till) -> tuple[int, int]:
    return len(till.stripe.requests), len(till.alipay.gateway.calls)


def test_from_test_to_live_and_back(till: Till) -> None:
    tried = {method: till.paid(method, "TEN") for method in ("stripe", "alipay")}
    waiting, waiting_token, address = till.order("stripe", "TEN")
    environment = dict(till.site.environment)
    till.at_rest()

    restarted(till, **LIVE)
    till.stripe.add_endpoint(f"{till.site.url}/hooks/payments_stripe", SECRET, livemode=True)
    before, kept = calls(till), till.books.one("SELECT count(*) FROM kernel_webhook")
    for number, _ in tried.values():
        refused_everywhere(till, number, WAS_TEST)
    # Somebody pays with a test card what is still open from then: its notice is of the other mode.
    till.card(address)
    assert till.stripe.quiet(60)
    assert (calls(till), till.books.one("SELECT count(*) FROM kernel_webhook")) == (before, kept)
    assert till.state(waiting, waiting_token) == "pending"

    by_card, _, address = till.order("stripe", "TEN")
    assert till.card(address).status_code == 402  # no test card pays with a live key
    by_alipay, _ = till.paid("alipay", "TEN")
    assert [till.books.one(MODES, number=number) for number in (*(n for n, _ in tried.values()), by_card, by_alipay)] == [
        0,
        0,
        1,
        1,
    ]
    assert books_agree(till, by_alipay) == [("capture", "succeeded", 1000, "CNY")]

    restarted(till, **environment)
    refused_to_look(till, by_card, WAS_LIVE)
    refused_everywhere(till, by_alipay, WAS_LIVE)
    number, token = tried["stripe"]
    assert till.deed(number, "refund", amount=100).status_code in (200, 202)
    till.becomes(number, token, "partially_refunded", 60)
    assert books_agree(till, number)[1:] == [("refund", "succeeded", 100, "USD")]


def test_keys_that_are_taken_out_hide_their_method(till: Till) -> None:
    assert methods(till) == {"alipay", "cash_on_delivery", "stripe"}
    restarted(till, **{f"{STRIPE}SECRET_KEY": "", f"{ALIPAY}PRIVATE_KEY": ""})
    assert methods(till) == {"cash_on_delivery"}


def test_a_gateway_of_the_other_mode_stops_the_start(till: Till) -> None:
    wrong = {f"{ALIPAY}MODE": "live", f"{ALIPAY}GATEWAY": "https://openapi-sandbox.dl.alipaydev.com/gateway.do"}
    told = till.site.command("plugin", "list", check=False, **wrong)
    assert "This is the sandbox's gateway, and the mode is live." in told.stdout + told.stderr

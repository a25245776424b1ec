"""Amounts as they leave the shop, byte for byte: every currency in the smallest unit that its gateway counts in."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.buying import Buyer
from tests.payments.agreeing import books_agree
from tests.payments.till import Till

PRICE = "line_items[0][price_data]"


def asked_of_stripe(till: Till, path: str) -> dict[str, str]:
    """The last request to `path`, as its form."""
    (*_, last) = [request for request in till.stripe.requests if (request.method, request.path) == ("POST", path)]
    return {name: values[0] for name, values in parse_qs(last.body.decode()).items()}


@pytest.mark.parametrize(
    ("sku", "currency", "wire"), [("FAN", "JPY", "500"), ("OUD", "KWD", "12340"), ("CUP", "USD", "1999"), ("TEA", "CNY", "8888")]
)
def test_stripe_is_asked_for_the_exact_amount_and_the_exact_refund(till: Till, sku: str, currency: str, wire: str) -> None:
    number, _ = till.paid("stripe", sku, currency)
    asked = asked_of_stripe(till, "/v1/checkout/sessions")
    assert (asked[f"{PRICE}[unit_amount]"], asked[f"{PRICE}[currency]"]) == (wire, currency.lower())
    assert till.deed(number, "refund").status_code == 200
    assert asked_of_stripe(till, "/v1/refunds")["amount"] == wire
    amount = int(wire)
    assert books_agree(till, number) == [("capture", "succeeded", amount, currency), ("refund", "succeeded", amount, currency)]


def test_three_decimals_of_which_the_last_isnt_zero_are_not_offered_to_stripe(till: Till) -> None:
    before = len(till.stripe.requests)
    buyer = Buyer(till.site.url)
    buyer.open_cart(currency="KWD")
    assert buyer.add("PIN").status_code in (200, 201)
    offered = [method["code"] for method in buyer.methods("payment")]
    refused = buyer.put("payment-method", {"code": "stripe"})
    buyer.http.close()
    assert ("stripe" in offered, refused.status_code) == (False, 422)
    assert len(till.stripe.requests) == before


def test_a_part_of_three_decimals_that_stripe_cant_pay_is_refused_and_nothing_is_sent(till: Till) -> None:
    number, _ = till.paid("stripe", "OUD", "KWD")
    till.at_rest()
    sent = [request.path for request in till.stripe.requests].count("/v1/refunds")
    till.deed(number, "refund", amount=1234)
    assert [request.path for request in till.stripe.requests if request.method == "POST"].count("/v1/refunds") <= sent
    assert till.operations(number) == [("refund", "failed", 1234)]
    assert till.seen(number)["balance"]["refundable"]["minor"] == 12_340
    assert books_agree(till, number) == [("capture", "succeeded", 12_340, "KWD")]


def test_alipay_is_asked_for_yuan_with_two_decimals(till: Till) -> None:
    number, _, address = till.order("alipay", "TEA", "CNY")
    content = json.loads(parse_qs(urlsplit(address).query)["biz_content"][0])
    assert content["total_amount"] == "88.88"
    till.browser.get(till.scan(number, address), follow_redirects=True)
    assert books_agree(till, number) == [("capture", "succeeded", 8888, "CNY")]
    (trade,) = [t for t in till.alipay.book.as_json()["trades"] if t["out_trade_no"] == till.key_of(number)]  # type: ignore[attr-defined]
    assert (trade["total_amount"], trade["paid_amount"]) == ("88.88", "88.88")

"""Alipay on large screens, on phones and by QR code: what is asked of it, word by word, and both books at the end."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.payments.agreeing import books_agree
from tests.payments.staff import send_form
from tests.payments.till import Till, until

DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONES = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; 24129PN74C) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0 ArkWeb/4.1 Mobile",
)
REFRESH = '<noscript><meta http-equiv="refresh" content="10"></noscript>'
PAID = [("capture", "succeeded", 8888, "CNY")]


def ordered(till: Till, agent: str) -> tuple[str, str, Any]:
    """Tea for 88.88, by somebody whose browser says who it is: number, token, what to do next."""
    return till.placed("alipay", "TEA", "CNY", agent=agent)


def asked(till: Till, number: str, method: str) -> Any:
    """The one call of `method` about this order, as the gateway let it in."""
    key = till.key_of(number)
    (call,) = [c for c in till.alipay.gateway.calls if c.method == method and c.content.get("out_trade_no") == key]
    return call


def demand_order(till: Till, call: Any, number: str, product: str) -> None:
    content, common = dict(call.content), call.parameters
    expires, sent = (datetime.fromisoformat(text) for text in (content.pop("time_expire"), common["timestamp"]))
    assert timedelta(minutes=29) < expires - sent <= timedelta(minutes=30)
    # China's time, whatever this machine's.
    assert abs(datetime.fromisoformat(common["timestamp"] + "+08:00") - datetime.now().astimezone()) < timedelta(minutes=5)
    content.pop("quit_url", None)
    assert content == {
        "out_trade_no": till.key_of(number), "total_amount": "88.88", "subject": f"Order {number}", "product_code": product,
    }  # fmt: skip
    assert {name: common[name] for name in ("charset", "format", "sign_type", "version", "notify_url")} == {
        "charset": "utf-8", "format": "JSON", "sign_type": "RSA2", "version": "1.0",
        "notify_url": f"{till.site.url}/hooks/payments_alipay",
    }  # fmt: skip


def test_large_screens_are_sent_to_the_cashier(till: Till) -> None:
    number, token, action = ordered(till, DESK)
    assert action["kind"] == "redirect"
    till.browser.get(till.scan(number, action["url"]), follow_redirects=True)
    till.becomes(number, token, "paid")
    call = asked(till, number, "alipay.trade.page.pay")
    demand_order(till, call, number, "FAST_INSTANT_TRADE_PAY")
    assert "quit_url" not in call.content
    assert call.parameters["return_url"].startswith(f"{till.site.url}/orders/{number}/return?payment=")
    assert books_agree(till, number) == PAID


@pytest.mark.parametrize("agent", PHONES, ids=["iphone", "android", "harmony"])
def test_phones_are_sent_to_the_app_and_back_to_the_order(till: Till, agent: str) -> None:
    number, token, action = ordered(till, agent)
    till.browser.get(till.scan(number, action["url"]), follow_redirects=True)
    till.becomes(number, token, "paid")
    call = asked(till, number, "alipay.trade.wap.pay")
    demand_order(till, call, number, "QUICK_WAP_WAY")
    assert urlsplit(call.content["quit_url"]).path == f"/orders/{number}"
    assert books_agree(till, number) == PAID


# --- by code --------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def codes(open_till: Till) -> Iterator[None]:
    """Staff have chosen that large screens show a code."""
    choose(open_till, "qr")
    yield
    choose(open_till, "page")


def choose(till: Till, way: str) -> None:
    page = "/admin/plugins/payments_alipay"
    assert "The settings are saved." in send_form(till.staff, page, f"{page}/settings", desktop=way).text
    # Every process of the shop has taken it up.
    kind = {"qr": "qr", "page": "redirect"}[way]
    until(lambda: [ordered(till, DESK)[2]["kind"] for _ in range(2)] == [kind] * 2, 60)


@pytest.mark.usefixtures("codes")
def test_a_code_is_scanned_and_the_page_goes_on_by_itself(till: Till) -> None:
    number, token, action = ordered(till, DESK)
    demand_order(till, asked(till, number, "alipay.trade.precreate"), number, "QR_CODE_OFFLINE")
    assert (action["kind"], action["url"].startswith(f"{till.alipay.base}/bax")) == ("qr", True)
    here = f"{till.site.url}/orders/{number}"
    page = till.browser.get(f"{here}?token={token}", follow_redirects=True).text
    (code,) = re.findall(r'<div class="order__code" role="img" aria-label="QR code to pay with">(.*?)</div>', page, re.S)
    assert code.startswith("<svg")
    assert f'hx-get="/orders/{number}/waiting" hx-trigger="every 4s"' in page
    assert REFRESH in page  # the same without scripts
    assert till.browser.get(f"{here}/waiting").headers.get("hx-refresh") is None
    till.alipay.controls.plan(1, drop=True)  # no notice comes: the page itself asks
    till.scan(number, action["url"])
    until(lambda: till.browser.get(f"{here}/waiting").headers.get("hx-refresh") == "true", 60)
    paid = till.browser.get(here).text
    assert ("order__code" in paid, REFRESH in paid) == (False, False)
    assert till.state(number, token) == "paid"
    assert books_agree(till, number) == PAID


@pytest.mark.heavy  # half a minute passes before the job asks again
@pytest.mark.usefixtures("codes")
def test_a_code_whose_answer_never_came_is_asked_for_again_as_the_same_trade(till: Till) -> None:
    till.alipay.controls.fault("lost_answer", "alipay.trade.precreate")
    number, token, action = ordered(till, DESK)
    assert action is None
    until(lambda: till.payments(number)[0].remote_id is not None, 90)
    key = till.key_of(number)
    calls = [c for c in till.alipay.gateway.calls if c.content.get("out_trade_no") == key]
    assert [dict(c.content) for c in calls] == [dict(calls[0].content)] * 2
    till.alipay.controls.pay(key)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


@pytest.mark.usefixtures("codes")
def test_phones_get_no_code_they_would_have_to_scan_themselves(till: Till) -> None:
    _, _, action = ordered(till, PHONES[0])
    assert action["kind"] == "redirect"
    assert parse_qs(urlsplit(action["url"]).query)["method"] == ["alipay.trade.wap.pay"]

"""Which notices are believed to be Alipay's and for this shop, and what is read out of them."""

from typing import Any
from urllib.parse import urlencode

import pytest

from marketry import Refused
from marketry.commerce.money import Money
from marketry.commerce.payment import Notice
from marketry_payments_alipay.notices import read
from marketry_payments_alipay.settings import AlipaySettings
from marketry_payments_alipay.signing import notice_text, sign
from marketry_payments_alipay.trades import number_of

from .conftest import Pair

TOLD = {
    "notify_id": "n1", "notify_time": "2026-11-23 18:00:00", "charset": "utf-8", "app_id": "2021", "seller_id": "2088",
    "body": "", "subject": "一只碗 & a cup", "out_trade_no": number_of("attempt1"), "trade_no": "2026112322001",
    "total_amount": "88.88",
    "trade_status": "TRADE_SUCCESS", "gmt_payment": "2026-11-23 17:59:58",
}  # fmt: skip
REFUNDED = {"refund_fee": "3.33", "gmt_refund": "2026-11-23 19:00:00.123", "out_biz_no": "operation1"}


class Here:
    """As much of a context as reading a notice takes."""

    def gettext(self, text: str, **_: object) -> str:
        return text


@pytest.fixture
def settings(ours: Pair, theirs: Pair) -> AlipaySettings:
    own: Any = ours.private_text
    return AlipaySettings(app_id="2021", seller_id="2088", private_key=own, alipay_public_key=theirs.public_text)


def body(pair: Pair, fields: dict[str, str], **after: str) -> bytes:
    """Signed by `pair`; `after` is changed when it was signed already."""
    return urlencode({**fields, "sign_type": "RSA2", "sign": sign(pair.private, notice_text(fields)), **after}).encode()


def test_a_payments_notice_says_whom_to_ask_about_and_the_sum(settings: AlipaySettings, theirs: Pair) -> None:
    found = read(Here(), settings, body(theirs, TOLD))  # type: ignore[arg-type]
    number = number_of("attempt1")
    assert found == Notice("n1", number, "attempt1", "TRADE_SUCCESS", amount=Money(8888, "CNY"))


@pytest.mark.parametrize("status", ["TRADE_SUCCESS", "TRADE_CLOSED"])
def test_a_refunds_notice_names_the_refund_and_is_no_payment(settings: AlipaySettings, theirs: Pair, status: str) -> None:
    found = read(Here(), settings, body(theirs, {**TOLD, **REFUNDED, "trade_status": status}))  # type: ignore[arg-type]
    assert (found.kind, found.operation, found.key) == ("refund", "operation1", "attempt1")


def test_a_blank_value_is_signed_as_it_came(settings: AlipaySettings, theirs: Pair) -> None:
    told = body(theirs, TOLD)
    assert b"&body=&" in told
    with pytest.raises(Refused):
        read(Here(), settings, told.replace(b"&body=&", b"&"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields",
    [
        {"app_id": "2022"}, {"seller_id": "2089"}, {"seller_id": ""}, {"total_amount": "88.888"}, {"total_amount": ""},
        {"out_trade_no": "a number of somebody else"}, {"notify_id": None},
        {"out_trade_no": None}, {"charset": "GBK"},
    ],
)  # fmt: skip
def test_what_is_for_somebody_else_or_lacks_something_is_refused_though_alipay_signed_it(
    settings: AlipaySettings, theirs: Pair, fields: dict[str, str | None]
) -> None:
    told = {name: value for name, value in {**TOLD, **fields}.items() if value is not None}
    with pytest.raises(Refused) as refused:
        read(Here(), settings, body(theirs, told))  # type: ignore[arg-type]
    assert (refused.value.problems[0].code, refused.value.status) == ("bad_notice", 400)


@pytest.mark.parametrize(
    "after", [{"total_amount": "0.01"}, {"trade_status": "TRADE_FINISHED"}, {"sign": ""}, {"sign": "AAAA"}, {"sign_type": "RSA"}]
)
def test_what_was_changed_after_it_was_signed_is_refused(settings: AlipaySettings, theirs: Pair, after: dict[str, str]) -> None:
    with pytest.raises(Refused):
        read(Here(), settings, body(theirs, TOLD, **after))  # type: ignore[arg-type]


def test_another_signer_is_refused(settings: AlipaySettings, ours: Pair) -> None:
    with pytest.raises(Refused):
        read(Here(), settings, body(ours, TOLD))  # type: ignore[arg-type]


@pytest.mark.parametrize("more", [b"&total_amount=0.01", b"&total%5Famount=0.01", b"&sign=AAAA", b"&app_id=2021"])
def test_a_field_that_is_there_twice_is_refused_whatever_it_says(settings: AlipaySettings, theirs: Pair, more: bytes) -> None:
    for told in (body(theirs, TOLD) + more, more[1:] + b"&" + body(theirs, TOLD)):
        with pytest.raises(Refused):
            read(Here(), settings, told)  # type: ignore[arg-type]

"""The twin and python-alipay-sdk agree, each verifying what the other has signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from gateways.tests.alipay.merchant import Merchant, query_of
from gateways.tests.alipay.shop import Shop
from marketry_gateways.alipay import AlipayTwin

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.usefixtures("china")]


def key_mode(twin: AlipayTwin) -> Any:
    from alipay import AliPay

    pasted = twin.settings()
    client = AliPay(
        appid=pasted["app_id"],
        app_private_key_string=pasted["merchant_private_key"],
        alipay_public_key_string=pasted["alipay_public_key"],
    )
    client._gateway = pasted["gateway"]
    return client


def certificate_mode(twin: AlipayTwin) -> Any:
    from alipay import DCAliPay

    pasted = twin.settings()
    client = DCAliPay(
        appid=pasted["app_id"],
        app_private_key_string=pasted["merchant_private_key"],
        app_public_key_cert_string=pasted["app_certificate"],
        alipay_public_key_cert_string=pasted["alipay_certificate"],
        alipay_root_cert_string=pasted["root_certificate"],
    )
    client._gateway = pasted["gateway"]
    return client


@pytest.fixture(params=["key", "certificate"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Merchant]]:
    """The SDK's client and our buyer, at one twin."""
    twin: AlipayTwin = request.getfixturevalue("twin" if request.param == "key" else "certified")
    selling = Merchant(twin)
    with selling.browser:
        yield (key_mode if request.param == "key" else certificate_mode)(twin), selling


def test_certificate_serial_numbers_agree(certified: AlipayTwin) -> None:
    client, files = certificate_mode(certified), certified.identity.certificates
    assert files is not None
    assert (client.app_cert_sn, client.alipay_root_cert_sn) == (files.app_sn, files.root_sn)
    assert client.get_cert_sn(files.alipay) == files.alipay_sn


def test_page_pay_return_and_notification(pair: tuple[Any, Merchant], shop: Shop) -> None:
    client, buyer = pair
    link = client.api_alipay_trade_page_pay("青瓷杯 +%", "A1", "88.88", "https://shop.example/", shop.url)
    answer = buyer.decide(buyer.sign_in(buyer.browser.get("/gateway.do?" + link)), "pay")
    back = query_of(answer.headers["location"])
    assert client.verify(back, back.pop("sign"))
    form = shop.await_count(1)[0]
    sign = form.pop("sign")
    assert client.verify(dict(form), sign)
    assert not client.verify({**form, "total_amount": "0.01"}, sign)


def test_wap_pay_opens_the_cashier(pair: tuple[Any, Merchant]) -> None:
    client, buyer = pair
    link = client.api_alipay_trade_wap_pay("青瓷杯", "A1", "88.88", return_url="https://shop.example/")
    assert "选择付款账户" in buyer.browser.get("/gateway.do?" + link).text


def test_query_refund_refund_query_close_and_cancel(pair: tuple[Any, Merchant]) -> None:
    client, buyer = pair
    assert client.api_alipay_trade_query(out_trade_no="A1")["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    opened(client, buyer, "A1")
    buyer.twin.controls.pay("A1")
    assert client.api_alipay_trade_query(out_trade_no="A1")["trade_status"] == "TRADE_SUCCESS"
    assert client.api_alipay_trade_refund("3.33", out_trade_no="A1", out_request_no="r1")["fund_change"] == "Y"
    assert client.api_alipay_trade_fastpay_refund_query("r1", out_trade_no="A1")["refund_amount"] == "3.33"
    opened(client, buyer, "A2")
    buyer.twin.controls.sign_in("A2")
    assert client.api_alipay_trade_close(out_trade_no="A2")["code"] == "10000"
    opened(client, buyer, "A3")
    buyer.twin.controls.sign_in("A3")
    assert client.api_alipay_trade_cancel(out_trade_no="A3")["action"] == "close"


def opened(client: Any, buyer: Merchant, number: str) -> None:
    buyer.browser.get("/gateway.do?" + client.api_alipay_trade_page_pay("青瓷杯", number, "88.88"))


def test_precreate_and_bill(pair: tuple[Any, Merchant]) -> None:
    client, buyer = pair
    code = client.api_alipay_trade_precreate("青瓷杯", "Q1", "88.88")["qr_code"]
    assert buyer.browser.get(code).status_code == 200
    buyer.twin.controls.pay("Q1")
    day = client.api_alipay_trade_query(out_trade_no="Q1")["send_pay_date"][:10]
    buyer.twin.controls.advance(86400)
    answer = client.server_api("alipay.data.dataservice.bill.downloadurl.query", {"bill_type": "trade", "bill_date": day})
    assert answer["bill_download_url"].startswith(f"{buyer.twin.base}/bill/")


def test_it_refuses_what_the_twin_signs_wrongly(pair: tuple[Any, Merchant]) -> None:
    from alipay.exceptions import AliPayException, AliPayValidationError

    client, buyer = pair
    buyer.twin.controls.fault("wrong_signature", "alipay.trade.query")
    with pytest.raises(AliPayValidationError):
        client.api_alipay_trade_query(out_trade_no="A1")
    buyer.twin.controls.fault("unsigned", "alipay.trade.query")
    with pytest.raises(AliPayException):
        client.api_alipay_trade_query(out_trade_no="A1")

"""The door of the gateway: what it takes, and the codes of what it doesn't."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from gateways.tests.alipay.merchant import Merchant, refused

QUERY = "alipay.trade.query"


def test_common_parameters_may_stand_in_the_query_and_the_rest_in_the_body(merchant: Merchant) -> None:
    merchant.buy("A1")
    parameters = merchant.parameters(QUERY, {"out_trade_no": "A1"})
    content = parameters.pop("biz_content")
    answer = merchant.browser.post("/gateway.do?" + urlencode(parameters), data={"biz_content": content}).json()
    assert answer["alipay_trade_query_response"]["trade_status"] == "TRADE_SUCCESS"


def test_empty_parameters_are_not_signed(merchant: Merchant) -> None:
    assert refused(merchant.call(QUERY, {"out_trade_no": "A1"}, notify_url="", app_auth_token="")) == (
        "40004",
        "ACQ.TRADE_NOT_EXIST",
    )


@pytest.mark.parametrize(
    ("changed", "code", "sub_code"),
    [
        ({"sign_type": "RSA"}, "40002", "isv.invalid-signature-type"),
        ({"sign_type": ""}, "40001", "isv.missing-signature-type"),
        ({"charset": "GBK"}, "40002", "isv.invalid-charset"),
        ({"charset": ""}, "40002", "isv.invalid-charset"),
        ({"version": ""}, "40001", "isv.missing-version"),
        ({"version": "2.0"}, "40002", "isv.invalid-parameter"),
        ({"format": "XML"}, "40002", "isv.invalid-format"),
        ({"timestamp": ""}, "40001", "isv.missing-timestamp"),
        ({"timestamp": "2026-11-23T10:00:00"}, "40002", "isv.invalid-timestamp"),
        ({"timestamp": "2026-1-23 10:00:00"}, "40002", "isv.invalid-timestamp"),
        ({"biz_content": "{not json"}, "40002", "isv.invalid-parameter"),
        ({"biz_content": "[]"}, "40002", "isv.invalid-parameter"),
    ],
)
def test_a_wrong_common_parameter_is_refused_by_its_code_and_signed(
    merchant: Merchant, changed: dict[str, str], code: str, sub_code: str
) -> None:
    assert refused(merchant.call(QUERY, {"out_trade_no": "A1"}, **changed)) == (code, sub_code)


def test_a_timestamp_in_utc_instead_of_chinas_time_is_refused(merchant: Merchant) -> None:
    utc = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    assert refused(merchant.call(QUERY, {"out_trade_no": "A1"}, timestamp=utc)) == ("40002", "isv.invalid-timestamp")


@pytest.mark.parametrize(
    ("method", "sub_code", "code"),
    [("", "isv.missing-method", "40001"), ("alipay.trade.guess", "isv.invalid-method", "40002")],
)
def test_without_a_known_method_the_answer_is_an_error_response(
    merchant: Merchant, method: str, sub_code: str, code: str
) -> None:
    body = merchant.post(merchant.parameters(method, {})).json()
    assert refused(body["error_response"]) == (code, sub_code)


@pytest.mark.parametrize(
    ("app_id", "code", "sub_code"), [("", "40001", "isv.missing-app-id"), ("1", "40002", "isv.invalid-app-id")]
)
def test_a_stranger_gets_no_signature(merchant: Merchant, app_id: str, code: str, sub_code: str) -> None:
    body = merchant.post(merchant.parameters(QUERY, {}, app_id=app_id)).json()
    assert refused(body["alipay_trade_query_response"]) == (code, sub_code)
    assert "sign" not in body


def test_a_changed_parameter_breaks_the_signature_and_the_answer_shows_the_text_to_sign(merchant: Merchant) -> None:
    parameters = merchant.parameters(QUERY, {"out_trade_no": "A1"})
    body = merchant.post(parameters | {"biz_content": '{"out_trade_no":"A2"}'}).json()
    answer = body["alipay_trade_query_response"]
    assert refused(answer) == ("40002", "isv.invalid-signature")
    assert '生成的验签字符串为：app_id=9021000100000000&biz_content={"out_trade_no":"A2"}&charset=utf-8' in answer["sub_msg"]


@pytest.mark.parametrize("sign", ["", "bm90IGEgc2lnbmF0dXJl", "???"])
def test_no_signature_or_nonsense_for_one_is_refused(merchant: Merchant, sign: str) -> None:
    body = merchant.post(merchant.parameters(QUERY, {"out_trade_no": "A1"}) | {"sign": sign}).json()
    expected = "isv.invalid-signature" if sign else "isv.missing-signature"
    assert body["alipay_trade_query_response"]["sub_code"] == expected


def test_the_same_parameter_twice_has_no_one_meaning(merchant: Merchant) -> None:
    parameters = merchant.parameters(QUERY, {"out_trade_no": "A1"})
    body = merchant.browser.post("/gateway.do?app_id=9021000100000000", data=parameters).json()
    assert body["alipay_trade_query_response"]["sub_code"] == "isv.invalid-parameter"


def test_answers_escape_slashes_so_that_only_the_text_as_it_came_verifies(merchant: Merchant) -> None:
    content = {"out_trade_no": "Q1", "total_amount": "1.00", "subject": "cup"}
    text = merchant.post(merchant.parameters("alipay.trade.precreate", content)).text
    assert '"qr_code":"http:\\/\\/127.0.0.1:' in text
    assert json.loads(text)["alipay_trade_precreate_response"]["qr_code"].startswith(f"{merchant.twin.base}/bax")


def test_certificate_mode_wants_both_serial_numbers(certified_merchant: Merchant) -> None:
    merchant, files = certified_merchant, certified_merchant.twin.identity.certificates
    assert files is not None
    known = {"app_cert_sn": files.app_sn, "alipay_root_cert_sn": files.root_sn}
    assert refused(merchant.call(QUERY, {"out_trade_no": "A1"}, **known)) == ("40004", "ACQ.TRADE_NOT_EXIST")
    for name in known:
        words = name.replace("_", "-")
        assert merchant.call(QUERY, {"out_trade_no": "A1"}, **known | {name: ""})["sub_code"] == f"isv.missing-{words}"
        assert merchant.call(QUERY, {"out_trade_no": "A1"}, **known | {name: "0" * 32})["sub_code"] == f"isv.invalid-{words}"


def test_certificate_mode_names_alipays_certificate_in_every_answer(certified_merchant: Merchant) -> None:
    files = certified_merchant.twin.identity.certificates
    assert files is not None
    body = certified_merchant.post(certified_merchant.parameters(QUERY, {})).json()
    assert body["alipay_cert_sn"] == files.alipay_sn
    assert len(files.root_sn) == 32  # one RSA root; the ECDSA root beside it doesn't count

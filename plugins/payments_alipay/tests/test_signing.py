"""Signatures, in both directions with an SDK that other people wrote."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alipay import AliPay, AliPayConfig, DCAliPay

from marketry_payments_alipay.client import Client, Unavailable, WrongSigner, beijing, from_beijing
from marketry_payments_alipay.keys import BadKey, Keys, certificates, keys_of, private_key, public_key, root_serial
from marketry_payments_alipay.settings import AlipaySettings
from marketry_payments_alipay.signing import BadSignature, notice_text, request_text, sign, signed_span, verify

from .conftest import Pair, certificate

NOW = datetime(2026, 11, 23, 16, 30, 5, tzinfo=UTC)
FIELDS = {"out_trade_no": "a1", "subject": "一只碗 & a cup", "total_amount": "88.88", "empty": "", "app_id": "2021"}


@pytest.fixture
def peer(ours: Pair, theirs: Pair) -> AliPay:
    """The SDK as a merchant uses it: our private key, Alipay's public one."""
    return AliPay("2021", None, ours.private_pem, theirs.public_pem, sign_type="RSA2", config=AliPayConfig(timeout=1))


def test_the_sdk_verifies_what_we_sign(ours: Pair) -> None:
    us_as_they_see_us = AliPay("2021", None, ours.private_pem, ours.public_pem, sign_type="RSA2")
    text = request_text(FIELDS)
    assert text == "app_id=2021&out_trade_no=a1&subject=一只碗 & a cup&total_amount=88.88"
    assert us_as_they_see_us._verify(text, sign(ours.private, text))
    assert not us_as_they_see_us._verify(text + "x", sign(ours.private, text))


def test_we_verify_what_the_sdk_signs(ours: Pair, peer: AliPay) -> None:
    text = request_text(FIELDS)
    verify(ours.private.public_key(), text.encode(), peer._sign(text))
    with pytest.raises(BadSignature):
        verify(ours.private.public_key(), text.encode() + b"x", peer._sign(text))


def test_the_sdk_and_we_sign_a_request_to_pay_alike(ours: Pair, theirs: Pair, peer: AliPay) -> None:
    client = Client("https://gate.example/gateway.do", "2021", Keys(ours.private, theirs.private.public_key()))
    made = client.parameters(
        "alipay.trade.page.pay", {"out_trade_no": "a1", "total_amount": "88.88"}, NOW, notify_url="https://s/n"
    )
    assert made["timestamp"] == "2026-11-24 00:30:05"  # Beijing's
    assert made["sign"] == peer._sign(request_text(made))


def test_a_notice_of_the_sdks_peer_is_verified_by_both(theirs: Pair, peer: AliPay) -> None:
    fields = {**FIELDS, "sign_type": "RSA2"}
    signature = sign(theirs.private, notice_text(fields))
    verify(theirs.private.public_key(), notice_text(fields).encode(), signature)
    assert peer.verify(dict(fields), signature)


def test_blank_values_are_part_of_a_notice_but_not_of_a_request() -> None:
    assert "empty=" in notice_text(FIELDS)
    assert "empty" not in request_text(FIELDS)


@pytest.mark.filterwarnings("ignore:X509:DeprecationWarning")  # the SDK's own use of OpenSSL
def test_serials_of_certificates_are_those_of_the_sdk(ours: Pair, theirs: Pair, tmp_path: Path) -> None:
    app, alipay = certificate(ours, theirs, "app", 11), certificate(theirs, theirs, "alipay", 22)
    root = certificate(theirs, theirs, "root one", 33) + "\n" + certificate(theirs, theirs, "root two", 44)
    sdk = DCAliPay(
        appid="2021", app_notify_url=None, app_private_key_string=ours.private_pem, app_public_key_cert_string=app,
        alipay_public_key_cert_string=alipay, alipay_root_cert_string=root,
    )  # fmt: skip
    settings = AlipaySettings(
        app_id="2021", private_key=ours.private_text, app_certificate=app, alipay_certificate=alipay, alipay_root_certificate=root
    )
    keys = keys_of(settings)
    assert (keys.app_serial, keys.root_serial) == (sdk.app_cert_sn, sdk.alipay_root_cert_sn)
    assert keys.root_serial.count("_") == 1
    assert keys.theirs.public_numbers() == theirs.private.public_key().public_numbers()


def test_a_root_that_isnt_signed_with_rsa_has_no_part_in_the_serial(theirs: Pair) -> None:
    broken = "-----BEGIN CERTIFICATE-----\nTm9uZQ==\n-----END CERTIFICATE-----\n"
    one = certificate(theirs, theirs, "root", 33)
    assert root_serial(certificates(broken + one, "root")) == root_serial(certificates(one, "root"))


def test_keys_and_certificates_are_read_from_one_line(ours: Pair, theirs: Pair) -> None:
    """As environment variables hold them."""
    one = certificate(theirs, theirs, "root", 33)
    assert certificates(one.replace("\n", "\\n"), "root") == certificates(one, "root")
    assert private_key(ours.private_pem.replace("\n", "\\n")).private_numbers() == ours.private.private_numbers()


@pytest.mark.parametrize("form", ["private_text", "private_pem"])
def test_private_keys_are_read_with_armour_and_without(ours: Pair, form: str) -> None:
    assert private_key(getattr(ours, form)).private_numbers() == ours.private.private_numbers()


@pytest.mark.parametrize("text", ["", "no key", "TUlJ", "-----BEGIN PUBLIC KEY-----\nMII\n-----END PUBLIC KEY-----"])
def test_what_is_no_key_is_named(text: str) -> None:
    with pytest.raises(BadKey, match="private key can't be read"):
        private_key(text)
    with pytest.raises(BadKey, match="Alipay's public key can't be read"):
        public_key(text)


# --- answers --------------------------------------------------------------------------------------------------------------
NODE = "alipay_trade_query_response"


def answer(theirs: Pair, told: str, node: str = NODE) -> bytes:
    return f'{{ "{node}" : {told} ,"sign":"{sign(theirs.private, told)}"}}'.encode()


@pytest.fixture
def client(ours: Pair, theirs: Pair) -> Client:
    return Client("https://gate.example/gateway.do", "2021", Keys(ours.private, theirs.private.public_key()))


def test_the_exact_span_is_what_counts(client: Client, theirs: Pair) -> None:
    """Spaces, escapes and braces inside texts stay as they were sent."""
    told = '{"code" : "10000","msg":"a } \\" { b","subject":"\\u7897"}'
    assert signed_span(answer(theirs, told).decode(), NODE) == told
    assert client.read(answer(theirs, told), "alipay.trade.query") == json.loads(told)


def test_an_answer_that_was_changed_is_not_believed(client: Client, theirs: Pair) -> None:
    body = answer(theirs, '{"code":"10000","trade_status":"WAIT_BUYER_PAY"}')
    with pytest.raises(Unavailable, match="signature"):
        client.read(body.replace(b"WAIT_BUYER_PAY", b"TRADE_SUCCESS"), "alipay.trade.query")


def test_a_success_without_a_signature_is_not_believed(client: Client) -> None:
    with pytest.raises(Unavailable):
        client.read(json.dumps({NODE: {"code": "10000", "trade_status": "TRADE_SUCCESS"}}).encode(), "alipay.trade.query")


def test_a_second_object_of_the_same_name_is_not_looked_at(client: Client, theirs: Pair) -> None:
    """JSON parsers take the last one; the signature is over the first."""
    told, forged = '{"code":"10000","trade_status":"WAIT_BUYER_PAY"}', '{"code":"10000","trade_status":"TRADE_SUCCESS"}'
    body = f'{{"{NODE}":{told},"{NODE}":{forged},"sign":"{sign(theirs.private, told)}"}}'.encode()
    assert client.read(body, "alipay.trade.query")["trade_status"] == "WAIT_BUYER_PAY"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"sign":"x"}', b"\xff", b'{"error_response":{}}'])
def test_an_answer_that_is_none_says_that_nobody_knows(client: Client, body: bytes) -> None:
    with pytest.raises(Unavailable):
        client.read(body, "alipay.trade.query")


def by_certificate(ours: Pair, theirs: Pair) -> Client:
    key = theirs.private.public_key()
    return Client("https://gate.example/gateway.do", "2021", Keys(ours.private, key, "app", "root", "alipay1"))


def answer_signed_by(theirs: Pair, serial: str) -> bytes:
    told = '{"code":"10000"}'
    named = f'"alipay_cert_sn":"{serial}",' if serial else ""
    return f'{{"{NODE}":{told},{named}"sign":"{sign(theirs.private, told)}"}}'.encode()


def test_an_answer_that_names_another_certificate_is_not_believed(ours: Pair, theirs: Pair) -> None:
    """Though its signature fits: Alipay's certificate was renewed, and ours is to be, too."""
    client = by_certificate(ours, theirs)
    assert client.read(answer_signed_by(theirs, "alipay1"), "alipay.trade.query") == {"code": "10000"}
    with pytest.raises(WrongSigner, match="the gateway signs with the certificate alipay2") as refused:
        client.read(answer_signed_by(theirs, "alipay2"), "alipay.trade.query")
    assert refused.value.serial == "alipay2"


def test_a_request_by_certificates_names_both(ours: Pair, theirs: Pair) -> None:
    made = by_certificate(ours, theirs).parameters("alipay.trade.query", {"out_trade_no": "a1"}, NOW)
    assert (made["app_cert_sn"], made["alipay_root_cert_sn"], made["sign_type"]) == ("app", "root", "RSA2")
    assert {"app_cert_sn=app", "alipay_root_cert_sn=root"} <= set(request_text(made).split("&"))


def test_times_are_beijings() -> None:
    assert from_beijing(beijing(NOW)) == NOW

"""Calls to the gateway of Alipay's open platform: signed, verified, and told apart by what is known afterwards.

Source: https://opendocs.alipay.com/common/02kf5q (calling), /common/02mse7 (signing), /common/02km9f (common errors).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from marketry import Context
from marketry_payments_alipay.keys import Keys
from marketry_payments_alipay.signing import BadSignature, request_text, sign, signed_span, verify

BEIJING = timezone(timedelta(hours=8))  # all of Alipay's times
SECONDS = 8.0
SUCCESS, SYSTEM_DOWN, BUSINESS = "10000", "20000", "40004"
UNKNOWN = ("ACQ.SYSTEM_ERROR", "isp.unknow-error", "aop.unknow-error", "aop.ACQ.SYSTEM_ERROR")


class Unavailable(Exception):
    """It isn't known whether the gateway did what it was asked: ask again under the same number."""


class WrongSigner(Unavailable):
    """The answer isn't signed by whom our settings know as Alipay. `serial`: of the certificate it names, where it isn't ours."""

    def __init__(self, message: str, serial: str = "") -> None:
        super().__init__(message)
        self.serial = serial


class Declined(Exception):
    """The gateway did nothing. `sub_code` says why (`ACQ.TRADE_NOT_EXIST`), `message` in its own words."""

    def __init__(self, code: str, sub_code: str, message: str) -> None:
        super().__init__(f"{sub_code or code}: {message}")
        self.code, self.sub_code, self.message = code, sub_code, message


@dataclass(frozen=True, slots=True)
class Client:
    """`app_id` at `gateway`, signing with `keys`."""

    gateway: str
    app_id: str
    keys: Keys

    def parameters(self, method: str, content: Mapping[str, Any], now: datetime, **addresses: str) -> dict[str, str]:
        """A signed request. `addresses`: notify_url, return_url."""
        made = {
            "app_id": self.app_id, "method": method, "format": "JSON", "charset": "utf-8", "sign_type": "RSA2",
            "timestamp": beijing(now), "version": "1.0",
            "app_cert_sn": self.keys.app_serial, "alipay_root_cert_sn": self.keys.root_serial,
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")), **addresses,
        }  # fmt: skip
        made = {name: value for name, value in made.items() if value}
        return {**made, "sign": sign(self.keys.own, request_text(made))}

    def page(self, method: str, content: Mapping[str, Any], now: datetime, **addresses: str) -> str:
        """The address of a page of Alipay's that the buyer is sent to."""
        return f"{self.gateway}?{urlencode(self.parameters(method, content, now, **addresses))}"

    def call(self, ctx: Context, method: str, content: Mapping[str, Any], **addresses: str) -> dict[str, Any]:
        """The verified answer of `method`. Declined where it did nothing, Unavailable where nobody knows; OutboundFailed
        where it wasn't reached. Never inside `ctx.writing()`."""
        asked = self.parameters(method, content, ctx.now(), **addresses)
        body = {"biz_content": asked.pop("biz_content")}
        answer = ctx.http.post(self.gateway, params=asked, data=body, plugin="payments_alipay", seconds=SECONDS)
        if answer.status_code != 200:
            raise Unavailable(f"the gateway answered with status {answer.status_code}")
        return self.read(answer.content, method)

    def read(self, body: bytes, method: str) -> dict[str, Any]:
        """An answer's content, once its signature was found to be Alipay's."""
        node = method.replace(".", "_") + "_response"
        try:
            text = body.decode()
            whole = json.loads(text)
            span = signed_span(text, node if node in whole else "error_response")
            told = json.loads(span)  # what was signed, and not another object of the same name
            code = told["code"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable("the gateway's answer can't be read") from error
        self._verify(span, whole, code)
        if code == SUCCESS:
            return dict(told)
        declined = Declined(code, str(told.get("sub_code", "")), str(told.get("sub_msg") or told.get("msg") or ""))
        if code == SYSTEM_DOWN or declined.sub_code in UNKNOWN:
            raise Unavailable(str(declined))
        raise declined

    def _verify(self, span: str, whole: Mapping[str, Any], code: str) -> None:
        """Errors about our own signature come unsigned; nothing else does."""
        if not whole.get("sign") and code not in (SUCCESS, BUSINESS):
            return
        other = whole.get("alipay_cert_sn")
        if self.keys.their_serial and other and other != self.keys.their_serial:
            raise WrongSigner(
                f"the gateway signs with the certificate {other}: download Alipay's new one and save it", str(other)
            )
        try:
            verify(self.keys.theirs, span.encode(), str(whole.get("sign", "")))
        except BadSignature as error:
            raise WrongSigner("the answer's signature isn't Alipay's") from error


def beijing(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def from_beijing(text: str) -> datetime:
    """Aware; ValueError where `text` is no time of Alipay's."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)

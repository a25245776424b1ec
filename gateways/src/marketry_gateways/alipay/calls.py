"""The gateway's door: the common parameters of a call, checked in the order and with the codes that Alipay documents.

https://opendocs.alipay.com/open/00f0a0 (common parameters), https://opendocs.alipay.com/common/02km9f (codes)
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketry_gateways.alipay.clock import read
from marketry_gateways.alipay.identity import Identity
from marketry_gateways.alipay.refusals import GatewayRefusal, invalid, missing
from marketry_gateways.alipay.signing import request_text, verifies


@dataclass(frozen=True)
class Call:
    """A call whose signature held: its method, common parameters and parsed `biz_content`."""

    method: str
    parameters: Mapping[str, str]
    content: Mapping[str, object]


@dataclass(frozen=True)
class Door:
    """Lets in what `identity`'s merchant has signed. `tolerance`: how far a call's China time may lie from ours; None: any."""

    identity: Identity
    methods: Collection[str]
    tolerance: timedelta | None

    def admit(self, pairs: list[tuple[str, str]], now: datetime) -> Call:
        """Raises GatewayRefusal."""
        parameters = _single(pairs)
        method = self._method(parameters)
        self._application(parameters)
        self._form(parameters, now)
        self._certificates(parameters)
        self._signature(parameters)
        return Call(method, parameters, _content(parameters.get("biz_content", "")))

    def _method(self, parameters: Mapping[str, str]) -> str:
        method = parameters.get("method", "")
        if not method:
            raise missing("method", "缺少方法名参数")
        if method not in self.methods:
            raise invalid("method", "不存在的方法名")
        return method

    def _application(self, parameters: Mapping[str, str]) -> None:
        app_id = parameters.get("app_id", "")
        if not app_id:
            raise missing("app-id", "缺少AppID参数", signed=False)
        if app_id != self.identity.app_id:
            raise invalid("app-id", "无效的AppID参数", signed=False)

    def _form(self, parameters: Mapping[str, str], now: datetime) -> None:
        if not parameters.get("sign_type"):
            raise missing("signature-type", "缺少签名类型参数")
        if parameters["sign_type"] != "RSA2":
            raise invalid("signature-type", "无效签名类型")
        if parameters.get("charset", "").lower() != "utf-8":
            raise invalid("charset", "编码集错误")
        if not parameters.get("version"):
            raise missing("version", "缺少版本参数")
        if parameters["version"] != "1.0":
            raise invalid("parameter", "无效的版本参数")
        if parameters.get("format", "JSON").lower() != "json":
            raise invalid("format", "无效数据格式")
        self._timestamp(parameters.get("timestamp", ""), now)

    def _timestamp(self, text: str, now: datetime) -> None:
        if not text:
            raise missing("timestamp", "缺少时间戳参数")
        try:
            sent = read(text)
        except ValueError as error:
            raise invalid("timestamp", "非法的时间戳参数") from error
        if self.tolerance is not None and abs(sent - now) > self.tolerance:
            raise invalid("timestamp", f"非法的时间戳参数: {text} 不是北京时间 (UTC+8)")

    def _certificates(self, parameters: Mapping[str, str]) -> None:
        certificates = self.identity.certificates
        if certificates is None:
            return
        for name, expected, word in (
            ("app_cert_sn", certificates.app_sn, "应用公钥证书序列号"),
            ("alipay_root_cert_sn", certificates.root_sn, "支付宝根证书序列号"),
        ):
            code = name.replace("_", "-")
            if not parameters.get(name):
                raise GatewayRefusal("40002", f"isv.missing-{code}", f"缺少{word}")
            if parameters[name] != expected:
                raise invalid(code, f"无效的{word}")

    def _signature(self, parameters: Mapping[str, str]) -> None:
        signature = parameters.get("sign", "")
        if not signature:
            raise missing("signature", "缺少签名参数")
        text = request_text(parameters)
        if not verifies(text, signature, self.identity.merchant_key):
            raise invalid(
                "signature", f"验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为：{text}"
            )


def _single(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Query and body together; the same parameter in both, or twice, has no one meaning."""
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise invalid("parameter", "参数重复")
    return parameters


def _content(text: str) -> dict[str, object]:
    if not text:
        return {}
    try:
        content = json.loads(text)
    except ValueError as error:
        raise invalid("parameter", "biz_content不是合法的JSON") from error
    if not isinstance(content, dict):
        raise invalid("parameter", "biz_content不是JSON对象")
    return content

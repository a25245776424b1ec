"""Answers in Alipay's form, signed over the exact text of their inner object.

https://opendocs.alipay.com/common/02mse7: `{"alipay_trade_query_response":{…},"alipay_cert_sn":"…","sign":"…"}`. As at Alipay,
slashes are written `\\/`, so a client that signs over a re-encoded object instead of the text as it came gets it wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import rsa

from marketry_gateways.alipay.identity import Identity
from marketry_gateways.alipay.signing import sign


def inner_text(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")


def answer(
    identity: Identity, name: str, fields: Mapping[str, object], *, signed: bool = True, key: rsa.RSAPrivateKey | None = None
) -> str:
    """The body of an answer. `key` signs instead of Alipay's own: an answer nobody should believe."""
    inner = inner_text(fields)
    parts = [f'"{name}":{inner}']
    if signed:
        if identity.certificates:
            parts.append(f'"alipay_cert_sn":"{identity.certificates.alipay_sn}"')
        parts.append(f'"sign":"{sign(inner, key or identity.alipay_key)}"')
    return "{" + ",".join(parts) + "}"


def response_name(method: str) -> str:
    return method.replace(".", "_") + "_response"

"""RSA2: SHA-256 with RSA, PKCS#1 v1.5, over texts whose exact form Alipay's documentation prescribes."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256


class BadSignature(ValueError):
    """What came isn't Alipay's."""


def sign(key: RSAPrivateKey, text: str) -> str:
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def verify(key: RSAPublicKey, text: bytes, signature: str) -> None:
    """BadSignature unless `signature` (base64) is that of `text`."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise BadSignature("the signature doesn't fit") from error


def request_text(parameters: Mapping[str, str]) -> str:
    """What is signed of a request: all parameters but `sign` and empty ones, by name, `name=value` joined by `&`."""
    return _joined((name, value) for name, value in parameters.items() if name != "sign" and value)


def notice_text(fields: Mapping[str, str]) -> str:
    """What is signed of a notice: all fields but `sign` and `sign_type`; blank values stay."""
    return _joined((name, value) for name, value in fields.items() if name not in ("sign", "sign_type"))


def _joined(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def signed_span(body: str, node: str) -> str:
    """The text of the object `node` of a response, byte for byte: the signature is over it as it was sent, not as parsed.

    ValueError where the response has no such object at its top level.
    """
    decoder, at = json.JSONDecoder(), _skip(body, 0, "{")
    while True:
        name, at = decoder.raw_decode(body, _space(body, at))
        start = _space(body, _skip(body, at, ":"))
        _, end = decoder.raw_decode(body, start)
        if name == node:
            return body[start:end]
        at = _skip(body, end, ",")


def _space(body: str, at: int) -> int:
    while body[at : at + 1].isspace():
        at += 1
    return at


def _skip(body: str, at: int, sign: str) -> int:
    at = _space(body, at)
    if body[at : at + 1] != sign:
        raise ValueError(f"no {sign} at {at}")
    return at + 1

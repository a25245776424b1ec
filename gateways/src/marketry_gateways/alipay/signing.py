"""RSA2: SHA256withRSA (PKCS #1 v1.5) over a text, written in base64.

Rules: https://opendocs.alipay.com/common/02kf5q (signing requests), https://opendocs.alipay.com/common/02mse7 (verifying).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def request_text(parameters: Mapping[str, str]) -> str:
    """What a request signs: every parameter but `sign`, empty ones left out, sorted by name."""
    return _joined({name: value for name, value in parameters.items() if value != ""}, leaving_out=("sign",))


def message_text(fields: Mapping[str, str]) -> str:
    """What a notification or a return signs: every field but `sign` and `sign_type`, blank ones kept, sorted by name."""
    return _joined(fields, leaving_out=("sign", "sign_type"))


def _joined(fields: Mapping[str, str], *, leaving_out: Collection[str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name not in leaving_out)


def sign(text: str, key: rsa.RSAPrivateKey) -> str:
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def verifies(text: str, signature: str, key: rsa.RSAPublicKey) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_pem(key: rsa.RSAPublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_key(text: str) -> rsa.RSAPublicKey:
    """An application's public key as the open platform takes it: PEM, or its bare base64. Raises ValueError."""
    key = serialization.load_pem_public_key(_as_pem(text, "PUBLIC KEY"))
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("RSA2 needs an RSA key")
    return key


def read_private_key(text: str) -> rsa.RSAPrivateKey:
    """A private key in PEM. Raises ValueError. Its primes aren't proven, which takes long: no sandbox's money depends on them."""
    key = serialization.load_pem_private_key(text.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("RSA2 needs an RSA key")
    return key


def _as_pem(text: str, label: str) -> bytes:
    if "-----BEGIN" in text:
        return text.encode()
    body = re.sub(r"\s", "", text)
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()

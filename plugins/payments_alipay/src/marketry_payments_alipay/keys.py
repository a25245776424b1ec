"""Keys and certificates as Alipay hands them out, and the serial numbers it knows certificates by."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from marketry_payments_alipay.settings import AlipaySettings

RSA_SIGNATURES = "1.2.840.113549.1.1."  # certificates signed with anything else (SM2) have no place in the root's serial


class BadKey(ValueError):
    """A key or certificate that can't be read; says which."""


@dataclass(frozen=True, slots=True)
class Keys:
    """`own` signs what we send, `theirs` verifies what comes. Serials are empty in key mode."""

    own: RSAPrivateKey
    theirs: RSAPublicKey
    app_serial: str = ""
    root_serial: str = ""
    their_serial: str = ""


def keys_of(settings: AlipaySettings) -> Keys:
    """The keys of the settings; read once. BadKey says what can't be read."""
    return _keys(
        settings.private_key.get_secret_value(), settings.alipay_public_key, settings.app_certificate,
        settings.alipay_certificate, settings.alipay_root_certificate,
    )  # fmt: skip


@lru_cache(8)
def _keys(private: str, public: str, app: str, alipay: str, root: str) -> Keys:
    own = private_key(private)
    if not app.strip():
        return Keys(own, public_key(public))
    theirs = certificates(alipay, "Alipay's certificate")[0]
    key = theirs.public_key()
    if not isinstance(key, RSAPublicKey):
        raise BadKey("Alipay's certificate holds no RSA key.")
    mine = certificates(app, "The application's certificate")[0]
    return Keys(own, key, serial(mine), root_serial(certificates(root, "The root certificate")), serial(theirs))


def private_key(text: str) -> RSAPrivateKey:
    """An RSA key of at least 2048 bits, PKCS#1 or PKCS#8, with PEM's first and last lines or without."""
    try:
        key = load_der_private_key(_der(text), None)
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadKey("The private key can't be read. Copy it anew, whole.") from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        raise BadKey("The private key must be an RSA key of 2048 bits or more (RSA2).")
    return key


def public_key(text: str) -> RSAPublicKey:
    try:
        key = load_der_public_key(_der(text))
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadKey("Alipay's public key can't be read. Copy it anew, whole.") from error
    if not isinstance(key, RSAPublicKey):
        raise BadKey("Alipay's public key must be an RSA key.")
    return key


def certificates(text: str, what: str) -> list[x509.Certificate]:
    """All certificates of a PEM text, in order; those in a form that can't be read (SM2) are left out."""
    found = []
    for block in text.replace("\\n", "\n").split("-----BEGIN CERTIFICATE-----")[1:]:
        body = "".join(block.partition("-----END CERTIFICATE-----")[0].split())
        try:
            found.append(x509.load_der_x509_certificate(base64.b64decode(body, validate=True)))
        except (ValueError, binascii.Error):
            continue
    if not found:
        raise BadKey(f"{what} can't be read. Paste the file's whole text.")
    return found


def serial(certificate: x509.Certificate) -> str:
    """MD5 of the issuer's name (RFC 4514) and the serial number, as Alipay's documentation of certificate mode has it."""
    told = certificate.issuer.rfc4514_string() + str(certificate.serial_number)
    return hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()


def root_serial(chain: list[x509.Certificate]) -> str:
    """The serials of all root certificates that are signed with RSA, joined by `_`."""
    return "_".join(serial(c) for c in chain if c.signature_algorithm_oid.dotted_string.startswith(RSA_SIGNATURES))


def _der(text: str) -> bytes:
    lines = (line for line in text.replace("\\n", "\n").splitlines() if not line.startswith("-----"))
    return base64.b64decode("".join("".join(lines).split()), validate=True)

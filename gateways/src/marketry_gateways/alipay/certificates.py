"""Certificate mode: a root, an authority below it, Alipay's and the application's certificates, and their serial numbers.

How a serial number is made: https://opendocs.alipay.com/common/056zub – MD5 over the issuer's name (RFC 2253) and the decimal
serial number. That of a root file joins those of its RSA certificates with `_`; others (SM2 at Alipay, ECDSA here) don't count.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from marketry_gateways.alipay.signing import new_key

_RSA_SIGNATURES = "1.2.840.113549.1.1."
_Signer = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Certificates:
    """The files of certificate mode, each PEM. `alipay` holds Alipay's own certificate first, then its authority's."""

    root: str
    alipay: str
    app: str

    @property
    def root_sn(self) -> str:
        return root_serial(self.root)

    @property
    def alipay_sn(self) -> str:
        return serial(x509.load_pem_x509_certificates(self.alipay.encode())[0])

    @property
    def app_sn(self) -> str:
        return serial(x509.load_pem_x509_certificates(self.app.encode())[0])


def serial(certificate: x509.Certificate) -> str:
    return hashlib.md5(
        f"{certificate.issuer.rfc4514_string()}{certificate.serial_number}".encode(), usedforsecurity=False
    ).hexdigest()


def root_serial(pem: str) -> str:
    found = x509.load_pem_x509_certificates(pem.encode())
    return "_".join(serial(c) for c in found if c.signature_algorithm_oid.dotted_string.startswith(_RSA_SIGNATURES))


def make_certificates(app_id: str, alipay_key: rsa.RSAPrivateKey, merchant_key: rsa.RSAPublicKey) -> Certificates:
    """A fresh set for a sandbox; valid for ten years from yesterday."""
    old, curve, authority = new_key(), ec.generate_private_key(ec.SECP256R1()), new_key()
    root_name, curve_name = _name("Sandbox Root Certification Authority R1"), _name("Sandbox Root Certification Authority E1")
    authority_name = _name("Sandbox Certification Authority Class 2 R1")
    root = _issue(root_name, old.public_key(), root_name, old)
    second = _issue(curve_name, curve.public_key(), curve_name, curve)
    middle = _issue(authority_name, authority.public_key(), root_name, old)
    alipay = _issue(_name("Sandbox Alipay"), alipay_key.public_key(), authority_name, authority)
    app = _issue(_name(app_id), merchant_key, authority_name, authority)
    return Certificates(root=_pem(second) + "\n" + _pem(root), alipay=_pem(alipay) + "\n" + _pem(middle), app=_pem(app))


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Marketry Sandbox"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Certification Authority"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _issue(
    subject: x509.Name, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, issuer: x509.Name, signer: _Signer
) -> x509.Certificate:
    start = datetime.now(UTC) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=subject.rfc4514_string().find("Authority") > 0, path_length=None), critical=True)
    )
    return builder.sign(signer, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()

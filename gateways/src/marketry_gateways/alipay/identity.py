"""Who the twin is and whom it knows: its own keys, the merchant's, and the certificates between them."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa

from marketry_gateways.alipay.certificates import Certificates


@dataclass(frozen=True)
class Identity:
    """One application at the open platform. `certificates` is None in key mode."""

    app_id: str
    seller_id: str
    alipay_key: rsa.RSAPrivateKey
    merchant_key: rsa.RSAPublicKey
    certificates: Certificates | None = None

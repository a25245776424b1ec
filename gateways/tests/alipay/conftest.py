"""A twin per test, with keys made once; a shop that is notified; a merchant who signs by the book."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from gateways.tests.alipay.merchant import Merchant
from gateways.tests.alipay.shop import Shop
from marketry_gateways.alipay import AlipayTwin, Certificates
from marketry_gateways.alipay.certificates import make_certificates
from marketry_gateways.alipay.signing import new_key, private_pem


@pytest.fixture(scope="session")
def keys() -> tuple[str, str, Certificates]:
    """Alipay's private key, the merchant's, and certificates for both."""
    alipay, merchant = new_key(), new_key()
    return private_pem(alipay), private_pem(merchant), make_certificates("9021000100000000", alipay, merchant.public_key())


@pytest.fixture
def twin(keys: tuple[str, str, Certificates]) -> Iterator[AlipayTwin]:
    with AlipayTwin(alipay_private_key=keys[0], merchant_private_key=keys[1]) as running:
        yield running


@pytest.fixture
def certified(keys: tuple[str, str, Certificates]) -> Iterator[AlipayTwin]:
    with AlipayTwin(
        alipay_private_key=keys[0], merchant_private_key=keys[1], certificate_mode=True, certificates=keys[2]
    ) as running:
        yield running


@pytest.fixture
def merchant(twin: AlipayTwin) -> Iterator[Merchant]:
    selling = Merchant(twin)
    with selling.browser:
        yield selling


@pytest.fixture
def certified_merchant(certified: AlipayTwin) -> Iterator[Merchant]:
    selling = Merchant(certified)
    with selling.browser:
        yield selling


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as open_shop:
        yield open_shop


@pytest.fixture
def china(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SDKs that print the process's local time run in China."""
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    assert os.environ.get("TZ") == before
    time.tzset()

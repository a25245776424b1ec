"""A twin, the official SDK pointed at it, a shop that takes events, and a buyer at the hosted page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stripe
from gateways.tests.stripe.buyer import Buyer
from gateways.tests.stripe.shop import SECRET, Shop
from marketry_gateways.stripe import StripeTwin
from marketry_gateways.testing import stripe_twin


@pytest.fixture(scope="session")
def one_shop() -> Iterator[Shop]:
    with Shop() as shop:
        yield shop


@pytest.fixture(scope="session")
def one_twin() -> Iterator[StripeTwin]:
    with stripe_twin() as twin:
        yield twin


@pytest.fixture
def twin(one_twin: StripeTwin, one_shop: Shop) -> StripeTwin:
    """As new, sending events to the shop."""
    one_twin.reset()
    one_shop.forget()
    one_twin.add_endpoint(one_shop.url, SECRET)
    return one_twin


@pytest.fixture
def shop(one_shop: Shop, twin: StripeTwin) -> Shop:
    return one_shop


@pytest.fixture
def client(twin: StripeTwin) -> Iterator[stripe.StripeClient]:
    http = stripe.RequestsClient(timeout=5)
    yield stripe.StripeClient(twin.key, base_addresses={"api": twin.url}, max_network_retries=2, http_client=http)
    http.close()


@pytest.fixture
def buyer() -> Iterator[Buyer]:
    with Buyer() as buyer:
        yield buyer

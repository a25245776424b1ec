"""A running shop between two twins."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from marketry_gateways.alipay import AlipayTwin
from marketry_gateways.stripe import StripeTwin
from tests.conftest import BANK, on
from tests.goods import stock_up
from tests.payments.till import SECRET, Till, settings

from marketry.testing.running import RunningSite

PLUGINS = ("catalog", "orders", "payments_manual", "payments_stripe", "payments_alipay")
OUTBOUND = '\n[outbound]\nallow = ["127.0.0.1"]\n'


@pytest.fixture
def till(tmp_path: Path, database: str) -> Iterator[Till]:
    with StripeTwin() as stripe, AlipayTwin() as alipay:
        environment = {**on(database), **settings(stripe, alipay)}
        site = RunningSite(tmp_path / "site", PLUGINS, environment=environment, more=BANK + OUTBOUND)
        site.command("migrate")
        stock_up(site, {"CUP": 100}, price=1999)
        site.start()
        stripe.add_endpoint(f"{site.url}/hooks/payments_stripe", SECRET)
        made = Till(site, stripe, alipay)
        yield made
        made.browser.close()
        site.stop()

"""A running shop between two twins: one per module and database, of which every scenario uses its own orders.

A module may say more of its shop: `ENVIRONMENT` is laid over what the operator sets, `MORE_PLUGINS` are enabled as well.
"""

from collections.abc import Iterator

import pytest
from marketry_gateways.alipay import AlipayTwin
from marketry_gateways.stripe import StripeTwin
from tests.conftest import BANK, fresh_postgres
from tests.payments.staff import staff_client
from tests.payments.till import GOODS, SECRET, Till, settings
from tests.payments.warehouse import stock_up

from marketry.testing.plugin import DATABASES, postgresql_server
from marketry.testing.running import RunningSite
from marketry.testing.servers import NoServer

PLUGINS = ("backoffice", "catalog", "orders", "payments_manual", "payments_stripe", "payments_alipay")
OUTBOUND = '\n[outbound]\nallow = ["127.0.0.1"]\n'


@pytest.fixture(scope="module", params=DATABASES)
def open_till(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    environment = _on(request.param)
    with StripeTwin() as stripe, AlipayTwin() as alipay:
        environment |= settings(stripe, alipay) | getattr(request.module, "ENVIRONMENT", {})
        plugins = (*PLUGINS, *getattr(request.module, "MORE_PLUGINS", ()))
        site = RunningSite(tmp_path_factory.mktemp("till"), plugins, environment=environment, more=BANK + OUTBOUND)
        site.command("migrate")
        stock_up(site, GOODS)
        site.start()
        stripe.add_endpoint(f"{site.url}/hooks/payments_stripe", SECRET)
        made = Till(site, stripe, alipay, staff_client(site))
        yield made
        made.close()
        site.stop()


@pytest.fixture
def till(open_till: Till) -> Iterator[Till]:
    """The module's shop, with twins on which nothing goes wrong."""
    yield open_till
    open_till.calm()


def _on(database: str) -> dict[str, str]:
    if database == "sqlite":
        return {}
    try:
        postgresql_server()
    except NoServer as missing:
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {missing}")
    return {"MARKETRY_DATABASE_URL": fresh_postgres()}

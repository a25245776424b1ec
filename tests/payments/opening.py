"""Opening a shop with both gateways beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from marketry_gateways.alipay import AlipayTwin
from marketry_gateways.stripe import StripeTwin
from tests.conftest import BANK, fresh_postgres
from tests.payments.till import GOODS, SECRET, Till, settings
from tests.payments.warehouse import stock_up

from marketry.testing.plugin import postgresql_server
from marketry.testing.running import RunningSite
from marketry.testing.servers import NoServer

PLUGINS = ("backoffice", "catalog", "orders", "payments_manual", "payments_stripe", "payments_alipay", "giftcard")
OUTBOUND = '\n[outbound]\nallow = ["127.0.0.1"]\n'


@dataclass(frozen=True, slots=True)
class Wish:
    """What a module wants of its shop; equal wishes are served by one. `owner`: the module that has it for itself.
    `certificates`: Alipay is asked by certificates instead of keys."""

    database: str
    more_plugins: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    owner: str = ""
    certificates: bool = False


@contextmanager
def opened(folder: Path, wish: Wish) -> Iterator[Till]:
    environment = database_of(wish.database)
    with StripeTwin() as stripe, AlipayTwin(certificate_mode=wish.certificates) as alipay:
        environment |= settings(stripe, alipay) | dict(wish.environment)
        site = RunningSite(folder, (*PLUGINS, *wish.more_plugins), environment=environment, more=BANK + OUTBOUND)
        site.make_tables()
        stock_up(site, GOODS)
        site.start(wait=False)
        stripe.add_endpoint(f"{site.url}/hooks/payments_stripe", SECRET)
        made = Till(site, stripe, alipay)
        try:
            site.wait(seconds=120)
            yield made
        finally:
            made.close()
            site.stop()


def database_of(database: str) -> dict[str, str]:
    """What an operator would set to run on it; skips where no PostgreSQL can be started."""
    if database == "sqlite":
        return {}
    try:
        postgresql_server()
    except NoServer as missing:
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {missing}")
    return {"MARKETRY_DATABASE_URL": fresh_postgres()}

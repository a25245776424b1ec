"""Sites for tests that cross packages: real processes, on SQLite and on PostgreSQL with Redis."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

from marketry.testing import servers
from marketry.testing.running import RunningSite

SHOP = ("catalog", "orders", "payments_manual")
BANK = """
[settings.payments_manual.bank_accounts]
USD = { holder = "Test shop", number = "000123456789" }
"""
StartSite = Callable[..., RunningSite]


@pytest.fixture
def site(tmp_path: Path, database: str) -> Iterator[StartSite]:
    """`site(plugins=…, environment=…)` makes a migrated site folder; what it started is stopped at the end."""
    made: list[RunningSite] = []

    def make(plugins: Sequence[str] = SHOP, **options: object) -> RunningSite:
        environment = {**on(database), **options.pop("environment", {})}  # type: ignore[dict-item]
        more = BANK if "payments_manual" in plugins else ""
        running = RunningSite(tmp_path / f"site{len(made)}", plugins, environment=environment, more=more, **options)  # type: ignore[arg-type]
        made.append(running)
        running.make_tables()
        return running

    yield make
    for running in made:
        running.stop()


def on(database: str) -> dict[str, str]:
    """What an operator would set to run on this database: nothing for SQLite, which is the embedded default."""
    return {} if database.startswith("sqlite") else {"MARKETRY_DATABASE_URL": database}


def fresh_postgres() -> str:
    """The address of a new, empty database."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(servers.postgres(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    return servers.postgres().rpartition("/")[0] + f"/{name}"

"""The pytest plugin: `make_site` boots a site in a temporary folder, `database` runs the test on SQLite and PostgreSQL."""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest

pytest.register_assert_rewrite("marketry.testing.contracts.payment", "marketry.testing.contracts.gateway")

DATABASES = ("sqlite", "postgresql")


def pytest_configure() -> None:
    """A logged exception is written without the values of all local variables: a request's take ten seconds."""
    import structlog

    plainly = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plainly])


def pytest_collection_finish() -> None:
    """What stands when all tests are known stays: no collection of garbage walks through it again."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("database", DATABASES, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on SQLite and once on PostgreSQL. Skips, and says so, where no server is."""
    with new_database(request.param, tmp_path) as url:
        yield url


@contextmanager
def new_database(kind: str, folder: Path) -> Iterator[str]:
    """The same for a fixture that shares one database among the tests of a module; `kind` is one of DATABASES."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/test.sqlite3"
        return
    with _new_database() as url:
        yield url


@contextmanager
def _new_database() -> Iterator[str]:
    from marketry.testing.copies import NEW, administer
    from marketry.testing.servers import NoServer

    try:
        server = postgresql_server()
    except NoServer as missing:
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {missing}")
    name = f"{NEW}{uuid4().hex[:12]}"
    administer(server, f"CREATE DATABASE {name}")
    yield f"{server.rpartition('/')[0]}/{name}"
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def postgresql_server() -> str:
    """The address of a server; NoServer where there is none, or no driver to speak with it."""
    from marketry.testing.servers import NoServer, postgres

    if find_spec("psycopg") is None:
        raise NoServer("no driver: pip install 'marketry[postgresql]'")
    return postgres()


@pytest.fixture
def make_site(tmp_path: Path, request: pytest.FixtureRequest) -> "Iterator[object]":
    """`make_site("catalog", extra=[inline_plugin(…)])` → a booted Runtime with its tables, on the test's `database` if it
    asks for one, else on SQLite, or on what MARKETRY_TESTS_ON says (`postgresql`). See marketry.testing.sites.SiteFactory."""
    from marketry.testing.sites import SiteFactory

    with ExitStack() as stack:
        environ = {}
        if "database" in request.fixturenames:
            environ["MARKETRY_DATABASE_URL"] = request.getfixturevalue("database")
        elif os.environ.get("MARKETRY_TESTS_ON") == "postgresql":
            environ["MARKETRY_DATABASE_URL"] = stack.enter_context(_new_database())
        factory = SiteFactory(tmp_path, environ)
        stack.callback(factory.close)
        yield factory

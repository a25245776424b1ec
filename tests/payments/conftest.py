"""A running shop between two twins, of which every scenario uses its own orders.

One per database serves all modules that want the same. A module may say more of its shop: `ENVIRONMENT` is laid over what the
operator sets, `MORE_PLUGINS` are enabled as well, and `OWN_SHOP = True` keeps to itself a shop that it will harm,
`CERTIFICATES = True` asks Alipay by certificates.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from types import ModuleType

import pytest
from tests.payments.opening import Wish, opened
from tests.payments.till import Till

from marketry.testing.plugin import DATABASES


class Street:
    """The shops that are open: one per database, shut where a module wants another."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self.factory, self.shops = factory, dict[str, tuple[Wish, Till, ExitStack]]()

    def shop(self, wish: Wish) -> Till:
        if wish.database not in self.shops or self.shops[wish.database][0] != wish:
            self.shut(wish.database)
            stack = ExitStack()
            self.shops[wish.database] = (wish, stack.enter_context(opened(self.factory.mktemp("till"), wish)), stack)
        return self.shops[wish.database][1]

    def shut(self, database: str) -> None:
        if database in self.shops:
            self.shops.pop(database)[2].close()


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    made = Street(tmp_path_factory)
    yield made
    for database in DATABASES:
        made.shut(database)


@pytest.fixture(scope="module", params=DATABASES)
def open_till(request: pytest.FixtureRequest, street: Street) -> Iterator[Till]:
    wish = _wish(request.module, request.param)
    yield street.shop(wish)
    if wish.owner:
        street.shut(wish.database)


@pytest.fixture
def till(open_till: Till) -> Iterator[Till]:
    """The shop, with twins on which nothing goes wrong."""
    yield open_till
    open_till.calm()


def _wish(module: ModuleType, database: str) -> Wish:
    owner = module.__name__ if getattr(module, "OWN_SHOP", False) else ""
    environment = tuple(sorted(getattr(module, "ENVIRONMENT", {}).items()))
    return Wish(database, tuple(getattr(module, "MORE_PLUGINS", ())), environment, owner, getattr(module, "CERTIFICATES", False))

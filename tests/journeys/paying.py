"""The sample shop with its sandbox: its own settings, words, plugins and catalogue, and both gateways' twins beside it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from playwright.sync_api import Page
from tests.books import Books
from tests.sample.goods import SAMPLE, goods_without_pictures

from marketry.runtime import boot
from marketry.testing.running import RunningSite
from marketry.web.values import SYSTEM

LEDGER = (
    "SELECT p.provider, t.kind, t.phase, t.amount, t.currency FROM orders_transaction t"
    " JOIN orders_payment p ON p.id = t.payment_id JOIN orders_order o ON o.id = t.order_id"
    " WHERE o.number = :number ORDER BY t.id"
)


class SampleShop(RunningSite):
    """The sample's folder, served; `stripe` and `alipay` are the twins' addresses, `entry` the owner's sign-in link."""

    stripe: str
    alipay: str
    entry: str

    def settle_in(self) -> None:
        """The sample's own files in the place of the plain ones."""
        shutil.copy(SAMPLE / "marketry.toml", self.folder)
        for own in ("templates", "locale", "static"):
            shutil.copytree(SAMPLE / own, self.folder / own)
        self.environment["MARKETRY_BASE_URL"] = self.url

    def fill(self) -> None:
        """The sample's catalogue without its pictures, places to deliver to, and an owner."""
        from marketry_backoffice.links import issue_link
        from marketry_backoffice.staff import ensure_admin
        from marketry_catalog.importing.run import import_catalogue
        from marketry_shipping.api import ensure_default_zones

        goods = goods_without_pictures(self.folder / "goods")
        with patch.dict(os.environ, self.environment):
            runtime = boot(self.folder)
        try:
            ctx = runtime.context(actor=SYSTEM, channel="cli")
            with ctx.writing():
                ensure_default_zones(ctx)
                self.entry = issue_link(ctx, ensure_admin(ctx, "owner@example.com"))
            assert import_catalogue(ctx, goods).errors == []
        finally:
            runtime.close()

    def ledger(self, number: str) -> list[tuple[str, str, str, int, str]]:
        """What the shop has written down of an order's money: provider, kind, phase, minor units, currency."""
        books = Books(self)
        try:
            return [tuple(row) for row in books.rows(LEDGER, number=number)]
        finally:
            books.close()

    def taken(self, number: str) -> list[tuple[str, str, str]]:
        """What the twins' own books say that they took for an order: provider, amount as they write it, currency."""
        cards = [p for p in _get(f"{self.stripe}/_book")["payments"] if p["metadata"]["order"] == number]
        by_card = [("stripe", str(p["captured"]), p["currency"]) for p in cards]
        by_alipay = [("alipay", t["paid_amount"], t["currency"]) for t in self.trades(number)]
        return [each for each in (*by_card, *by_alipay) if float(each[1])]

    def trades(self, number: str) -> list[dict[str, str]]:
        """What Alipay's twin knows of an order."""
        return [trade for trade in _get(f"{self.alipay}/_book")["trades"] if number in trade["subject"].split()]

    def newest_code(self) -> str:
        """What a telephone reads in the picture that was made last, by the twin's own book."""
        made = [one["token"] for one in _get(f"{self.alipay}/_book")["checkouts"] if one["method"] == "alipay.trade.precreate"]
        return f"{self.alipay}/{made[-1]}"


@contextmanager
def sample_shop(folder: Path) -> Iterator[SampleShop]:
    """Started once for a module; both twins end with it."""
    from sandbox import start_sandbox  # of the sample, which stands on the path of whoever calls

    shop = SampleShop(folder, ())
    shop.settle_in()
    with patch.dict(os.environ):
        twins = start_sandbox(folder, shop.url)
        shop.environment.update({name: told for name, told in os.environ.items() if name.startswith("MARKETRY_PAYMENTS_")})
    shop.stripe = shop.environment["MARKETRY_PAYMENTS_STRIPE__API_BASE"]
    shop.alipay = shop.environment["MARKETRY_PAYMENTS_ALIPAY__GATEWAY"].removesuffix("/gateway.do")
    try:
        shop.start(wait=False)  # on SQLite it migrates first
        shop.wait(seconds=120)
        shop.fill()
        yield shop
    finally:
        shop.stop()
        _end(twins)


def watched(page: Page, shop: SampleShop) -> list[str]:
    """What the console complains of: scripts, and whatever a policy blocked. A page that says of a card that it was declined is
    answered with 402 at Stripe, and its twin does as much: that isn't a complaint."""
    found: list[str] = []

    def heard(message: Any) -> None:
        declined = message.location["url"].startswith(shop.stripe) and "status of 402" in message.text
        if message.type == "error" and not declined:
            found.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    return found


def _get(url: str) -> Any:
    return httpx.get(url, trust_env=False).json()


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(15)

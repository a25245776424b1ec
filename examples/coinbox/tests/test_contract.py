"""Coinbox keeps the contract of payment providers: what the gateway's own book says decides."""

from urllib.request import ProxyHandler, Request, build_opener

import pytest

from marketry.testing.contracts import Booked, RemoteProviderContract
from marketry.testing.receiving import Inbox


class TestCoinbox(RemoteProviderContract):
    @pytest.fixture
    def runtime(self, make_site, server, settings):
        self.server = server
        with Inbox() as self.inbox:
            yield make_site("coinbox", more=settings, base_url=self.inbox.url)

    @pytest.fixture
    def provider(self, runtime):
        return runtime.provider("coinbox")

    def buyer_pays(self, charge, begun):
        build_opener(ProxyHandler({})).open(Request(begun.action.url, b"{}"), timeout=10).close()

    def lose_next_answer(self):
        self.server.lose_next = True

    def in_the_gateways_book(self, charge):
        own = [p for p in self.server.book.values() if p["reference"] == charge.key]
        taken = sum(p["amount"] for p in own if p["status"] == "paid")
        return Booked(len(own), taken, sum(r["amount"] for p in own for r in p["refunds"]))

    def notices(self):
        return self.inbox.after(0)

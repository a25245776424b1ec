"""Alipay keeps the contract of payment providers, against its twin's own book."""

from dataclasses import replace
from decimal import Decimal

import httpx
import pytest
from marketry_gateways.alipay import AlipayTwin

from marketry import Money
from marketry.testing.contracts import Booked, RemoteProviderContract
from marketry.testing.receiving import Inbox
from marketry_payments_alipay.trades import number_of


@pytest.fixture(scope="module")
def gateway():
    with AlipayTwin() as twin, Inbox() as inbox:
        yield twin, inbox


class TestAlipay(RemoteProviderContract):
    begins_at = 0

    @pytest.fixture
    def runtime(self, make_site, gateway):
        self.twin, self.inbox = gateway
        self.twin.controls.calm()
        self.before = len(self.inbox.kept)
        theirs = self.twin.settings()
        environ = {
            "MARKETRY_PAYMENTS_ALIPAY__MODE": "sandbox",
            "MARKETRY_PAYMENTS_ALIPAY__GATEWAY": self.twin.gateway_url,
            "MARKETRY_PAYMENTS_ALIPAY__APP_ID": theirs["app_id"],
            "MARKETRY_PAYMENTS_ALIPAY__SELLER_ID": theirs["seller_id"],
            "MARKETRY_PAYMENTS_ALIPAY__PRIVATE_KEY": theirs["merchant_private_key"],
            "MARKETRY_PAYMENTS_ALIPAY__ALIPAY_PUBLIC_KEY": theirs["alipay_public_key"],
        }
        outbound = '[outbound]\nallow = ["127.0.0.1"]\n'
        return make_site("payments_alipay", more=outbound, environ=environ, currencies=["CNY"], base_url=self.inbox.url)

    @pytest.fixture
    def provider(self, runtime):
        return runtime.provider("alipay")

    @pytest.fixture
    def foreign(self, charge):
        return replace(charge, amount=Money(5000, "USD"))

    def buyer_pays(self, charge, begun):
        with httpx.Client(trust_env=False, timeout=30) as browser:
            assert browser.get(begun.action.url, follow_redirects=True).status_code == 200
        self.twin.controls.pay(number_of(charge.key))

    def lose_next_answer(self):
        self.twin.controls.fault("lost_answer", method="alipay.trade.refund")  # beginning is no call, but a signed address

    def in_the_gateways_book(self, charge):
        with httpx.Client(trust_env=False, timeout=30) as client:
            trades = client.get(f"{self.twin.base}/_book").json()["trades"]
        own = [trade for trade in trades if trade["out_trade_no"] == number_of(charge.key)]
        return Booked(len(own), sum(fen(t["paid_amount"]) for t in own), sum(fen(t["refunded_amount"]) for t in own))

    def notices(self):
        assert self.twin.controls.quiet(30)
        return self.inbox.after(self.before)


def fen(yuan):
    return int(Decimal(yuan) * 100)

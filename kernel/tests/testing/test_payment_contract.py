"""The contract suite passes for a provider that keeps its promises, and fails for one that breaks one."""

from dataclasses import replace
from typing import Any

import pytest

from marketry import Context, Money, Plugin, Problem
from marketry.commerce.payment import AttemptState, Charge, Entry, PaymentProvider, Phase, ProviderKind, Snapshot, TransactionKind
from marketry.commerce.quote import Quote
from marketry.runtime import Runtime
from marketry.testing import SiteFactory, inline_plugin
from marketry.testing.contracts import PaymentProviderContract


class Till:
    """A small deferred provider."""

    code = "till"
    kind = ProviderKind.DEFERRED

    def label(self, ctx: Context) -> str:
        return "At the till"

    def offered(self, ctx: Context, quote: Quote) -> Problem | None:
        return None

    def fee(self, ctx: Context, quote: Quote) -> Money | None:
        return None

    def initiate(self, ctx: Context, charge: Charge) -> Snapshot:
        return Snapshot(AttemptState.PROCESSING, remote_id=charge.key)

    def fetch(self, ctx: Context, charge: Charge) -> Snapshot:
        return Snapshot(AttemptState.PROCESSING, remote_id=charge.remote_id)

    def capture(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        return self._moved(TransactionKind.CAPTURE, amount, key)

    def void(self, ctx: Context, charge: Charge, key: str) -> Snapshot:
        return self._moved(TransactionKind.VOID, charge.amount, key)

    def refund(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        return self._moved(TransactionKind.REFUND, amount, key)

    def _moved(self, kind: TransactionKind, amount: Money, key: str) -> Snapshot:
        return Snapshot(AttemptState.CAPTURED, entries=(Entry(kind, Phase.SUCCEEDED, amount, key),))


class TestTill(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return Till()

    @pytest.fixture
    def runtime(self, make_site: SiteFactory, provider: PaymentProvider) -> Runtime:
        return make_site(extra=[inline_plugin(Plugin(id="counter", title="Counter"), payment_providers=lambda: [provider])])


class Careless(Till):
    """Gives money back at every call, whatever the key, in amounts below zero."""

    count = 0

    def refund(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        self.count += 1
        return self._moved(TransactionKind.REFUND, -amount, f"{key}{self.count}")


def test_a_provider_that_refunds_twice_is_found_out(make_site: SiteFactory) -> None:
    ctx = make_site().context()
    charge = Charge("k", "N1", Money(4000, "USD"), "till")
    suite: Any = PaymentProviderContract()
    with pytest.raises(AssertionError):
        suite.test_a_refund_under_one_key_happens_once(ctx, Careless(), charge)
    with pytest.raises(AssertionError):
        suite.sound(replace(Careless().refund(ctx, charge, charge.amount, "k")).entries, charge)
    suite.test_a_refund_under_one_key_happens_once(ctx, Till(), charge)

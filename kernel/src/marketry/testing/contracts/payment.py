"""What every payment provider promises, as tests to inherit.

class TestBankTransfer(PaymentProviderContract):
    @pytest.fixture
    def runtime(self, make_site):
        return make_site("payments_manual")

    @pytest.fixture
    def provider(self, runtime):
        return runtime.provider("bank_transfer")
"""

# ruff: noqa: S101 - these are tests
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from marketry.commerce.cart import Cart, CartLine, LineId
from marketry.commerce.items import Item
from marketry.commerce.money import Money
from marketry.commerce.payment import Charge, Entry, PaymentProvider, ProviderKind, RedirectsBuyers, Snapshot, TransactionKind
from marketry.commerce.quote import Quote, QuoteLine
from marketry.problems import Problem
from marketry.web.values import SYSTEM

if TYPE_CHECKING:
    from marketry.context import Context
    from marketry.runtime import Runtime

ACTIONS = ("redirect", "show", "qr")


class PaymentProviderContract:
    """Give the fixtures `runtime` (a booted site with tables) and `provider`; override `charge` where the default, 50.00 in
    the site's currency, can't be collected, and `collected` where money comes by another way than `capture`."""

    @pytest.fixture
    def runtime(self) -> "Runtime":
        raise NotImplementedError("a fixture `runtime`: the site that the provider runs in")

    @pytest.fixture
    def provider(self, runtime: "Runtime") -> PaymentProvider:
        raise NotImplementedError("a fixture `provider`: what is to be examined")

    @pytest.fixture
    def ctx(self, runtime: "Runtime") -> "Context":
        return runtime.context(actor=SYSTEM)

    @pytest.fixture
    def charge(self, provider: PaymentProvider, ctx: "Context") -> Charge:
        return Charge(
            "contract-attempt", "CONTRACT1", Money(5000, ctx.currency), provider.code, return_url="https://shop.example/return"
        )

    @pytest.fixture
    def quote(self, charge: Charge) -> Quote:
        """A cart of one thing worth the charge."""
        line = CartLine(LineId("l1"), Item("CONTRACT", "A thing"), 1)
        return Quote(Cart("contract", charge.amount.currency, "en", (line,), country="US"), (QuoteLine(line, charge.amount),))

    @contextmanager
    def asking(self, ctx: "Context", provider: PaymentProvider) -> Iterator[None]:
        """The unit of work in which the kernel calls such a provider: none at all for one that talks to a gateway."""
        with nullcontext() if provider.kind is ProviderKind.REMOTE else ctx.writing():
            yield

    def initiated(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> tuple[Charge, Snapshot]:
        """The charge as orders keep it after `initiate`, and what that answered."""
        with self.asking(ctx, provider):
            snapshot = provider.initiate(ctx, charge)
        return replace(charge, remote_id=snapshot.remote_id), snapshot

    def collected(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> Charge:
        """The charge once its whole amount has come in."""
        begun, _ = self.initiated(ctx, provider, charge)
        with self.asking(ctx, provider):
            provider.capture(ctx, begun, charge.amount, f"{charge.key}:capture")
        return begun

    # --- what it says of itself ---------------------------------------------------------------------------------
    def test_it_satisfies_the_protocol(self, provider: PaymentProvider) -> None:
        assert isinstance(provider, PaymentProvider)
        assert provider.kind in ProviderKind

    def test_its_code_is_fit_for_urls_and_settings(self, provider: PaymentProvider) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", provider.code)

    def test_it_is_found_by_its_code(self, runtime: "Runtime", provider: PaymentProvider) -> None:
        assert runtime.provider(provider.code) is provider

    def test_its_redirect_hosts_are_origins(self, ctx: "Context", provider: PaymentProvider) -> None:
        hosts = provider.redirect_hosts(ctx) if isinstance(provider, RedirectsBuyers) else ()
        parsed = [urlsplit(host) for host in hosts]
        assert all(one.netloc and one.path in ("", "/") for one in parsed)
        assert all(one.scheme == "https" or one.hostname in ("127.0.0.1", "localhost", "::1") for one in parsed)

    def test_it_has_a_label_in_every_language(self, runtime: "Runtime", provider: PaymentProvider) -> None:
        assert all(provider.label(runtime.context(locale=locale)).strip() for locale in runtime.site.locales)

    # --- before the purchase ------------------------------------------------------------------------------------
    def test_it_objects_with_a_problem_or_not_at_all(self, ctx: "Context", provider: PaymentProvider, quote: Quote) -> None:
        with ctx.reading():
            objection = provider.offered(ctx, quote)
        assert objection is None or (isinstance(objection, Problem) and objection.message)

    def test_a_fee_is_in_the_carts_currency_and_never_a_discount(
        self, ctx: "Context", provider: PaymentProvider, quote: Quote
    ) -> None:
        with ctx.reading():
            fee = provider.fee(ctx, quote)
        assert fee is None or (fee.currency == quote.currency and fee.minor >= 0)

    # --- collecting ---------------------------------------------------------------------------------------------
    def test_what_it_begins_can_be_told_apart_and_shown(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        _, snapshot = self.initiated(ctx, provider, charge)
        assert snapshot.remote_id
        assert snapshot.action is None or snapshot.action.kind in ACTIONS
        self.sound(snapshot.entries, charge)

    def test_asking_again_brings_no_contradiction(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        begun, _ = self.initiated(ctx, provider, charge)
        with self.asking(ctx, provider):
            first, second = provider.fetch(ctx, begun), provider.fetch(ctx, begun)
        assert (first.state, self.named(first.entries)) == (second.state, self.named(second.entries))
        assert first.remote_id == begun.remote_id

    # --- giving back --------------------------------------------------------------------------------------------
    def test_a_refund_under_one_key_happens_once(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        part = Money(charge.amount.minor // 4, charge.amount.currency)
        paid = self.collected(ctx, provider, charge)
        with self.asking(ctx, provider):
            answers = [provider.refund(ctx, paid, part, key) for key in ("r1", "r1", "r2")]
        once, again, other = ({e.remote_id for e in answer.entries if e.kind is TransactionKind.REFUND} for answer in answers)
        assert once == again
        assert len(once | other) == 2
        for answer in answers:
            self.sound(answer.entries, charge)

    @staticmethod
    def named(entries: tuple[Entry, ...]) -> set[tuple[TransactionKind, str]]:
        return {(entry.kind, entry.remote_id) for entry in entries}

    def sound(self, entries: tuple[Entry, ...], charge: Charge) -> None:
        """Amounts positive, in the charge's currency; no movement twice."""
        assert all(entry.amount.minor > 0 and entry.amount.currency == charge.amount.currency for entry in entries)
        assert len(self.named(entries)) == len(entries)

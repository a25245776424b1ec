"""What every provider that talks to a gateway promises beside `PaymentProviderContract`, against a gateway that keeps a book.

class TestCoinbox(RemoteProviderContract):
    # the fixtures `runtime` and `provider`, and what happens at the gateway:
    def buyer_pays(self, charge, begun): …
    def lose_next_answer(self): …
    def in_the_gateways_book(self, charge): …
    def notices(self): …
"""

# ruff: noqa: S101 - these are tests
from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING

import pytest

from marketry.commerce.money import Money
from marketry.commerce.payment import (
    AccountHolder,
    AttemptState,
    Charge,
    PaymentProvider,
    Phase,
    RawRequest,
    Snapshot,
    TransactionKind,
    WebhookReceiver,
)  # fmt: skip
from marketry.commerce.quote import Quote, QuoteLine
from marketry.problems import Refused
from marketry.testing.contracts.payment import PaymentProviderContract

if TYPE_CHECKING:
    from marketry.context import Context

OVER = (AttemptState.CANCELLED, AttemptState.EXPIRED, AttemptState.FAILED)
UNTRUE = (b"0", b"1", b"2", b"a", b"e")  # any of these in a notice is changed to forge it


@dataclass(frozen=True, slots=True)
class Booked:
    """What the gateway's own book says of a charge: how many payments were begun for it, and minor units in and out."""

    payments: int
    captured: int
    refunded: int


class RemoteProviderContract(PaymentProviderContract):
    """Further fixtures: `foreign`, a charge in a currency that the gateway doesn't take. `begins_at` is 0 where a payment begins
    only when the buyer opens the gateway's page."""

    begins_at = 1

    # --- what happens at the gateway: to be said by whoever inherits ---------------------------------------------
    def buyer_pays(self, charge: Charge, begun: Snapshot) -> None:
        """The buyer follows the action of `begun` and pays all of it."""
        raise NotImplementedError

    def lose_next_answer(self) -> None:
        """The next call that changes something is done, and its answer never arrives."""
        raise NotImplementedError

    def in_the_gateways_book(self, charge: Charge) -> Booked:
        raise NotImplementedError

    def notices(self) -> Sequence[RawRequest]:
        """What the gateway has sent to the shop in this test, waiting for at least one."""
        raise NotImplementedError

    # --- fixtures -----------------------------------------------------------------------------------------------
    @pytest.fixture
    def charge(self, provider: PaymentProvider, ctx: "Context") -> Charge:
        return self.another(provider, Money(5000, ctx.currency))

    @pytest.fixture
    def foreign(self, charge: Charge) -> Charge:
        """ISO 4217 keeps XTS for tests."""
        return replace(charge, amount=Money(5000, "XTS"))

    def another(self, provider: PaymentProvider, amount: Money) -> Charge:
        """A charge with a key of its own: the gateway remembers."""
        key = f"contract{token_hex(8)}"
        back = "https://shop.example/return"
        return Charge(
            key, f"N{key[-8:].upper()}", amount, provider.code, return_url=back, cancel_url=back, email="ada@example.com"
        )

    def collected(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> Charge:
        begun, snapshot = self.initiated(ctx, provider, charge)
        self.buyer_pays(charge, snapshot)
        return begun

    # --- beginning ----------------------------------------------------------------------------------------------
    def test_a_payment_that_is_begun_twice_is_one(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        once, again = provider.initiate(ctx, charge), provider.initiate(ctx, charge)
        assert once.remote_id == again.remote_id
        assert self.in_the_gateways_book(charge) == Booked(self.begins_at, 0, 0)

    def test_a_beginning_whose_answer_was_lost_is_found_again(
        self, ctx: "Context", provider: PaymentProvider, charge: Charge
    ) -> None:
        self.lose_next_answer()
        self.tried(lambda: provider.initiate(ctx, charge))
        paid = self.collected(ctx, provider, charge)
        self.has_come(provider.fetch(ctx, paid), charge.amount)
        assert self.in_the_gateways_book(charge) == Booked(1, charge.amount.minor, 0)

    def test_a_currency_that_it_doesnt_take_is_refused_and_not_offered(
        self, ctx: "Context", provider: PaymentProvider, quote: Quote, foreign: Charge
    ) -> None:
        with pytest.raises(Refused):
            provider.initiate(ctx, foreign)
        with ctx.reading():
            lines = tuple(QuoteLine(one.line, foreign.amount) for one in quote.lines)
            abroad = replace(quote, cart=replace(quote.cart, currency=foreign.amount.currency), lines=lines)
            assert provider.offered(ctx, abroad) is not None
        assert self.in_the_gateways_book(foreign) == Booked(0, 0, 0)

    # --- asking -------------------------------------------------------------------------------------------------
    def test_what_the_buyer_paid_is_told_whole(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        begun, snapshot = self.initiated(ctx, provider, charge)
        self.no_money(snapshot)
        self.buyer_pays(charge, snapshot)
        found = provider.fetch(ctx, begun)
        self.has_come(found, charge.amount)
        if isinstance(provider, AccountHolder):
            assert (found.account, found.live) == provider.account(ctx)

    def test_an_unknown_payment_brings_no_money(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        nobodys = self.another(provider, charge.amount)
        told = self.tried(lambda: provider.fetch(ctx, replace(nobodys, remote_id="nobodys_payment")))
        if isinstance(told, Snapshot):
            self.no_money(told)

    def test_a_payment_isnt_taken_for_anothers(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        """A payment of the right amount, to the right account, for the wrong order."""
        other = self.another(provider, charge.amount)
        paid = self.collected(ctx, provider, charge)
        self.initiated(ctx, provider, other)
        told = self.tried(lambda: provider.fetch(ctx, replace(other, remote_id=paid.remote_id)))
        if isinstance(told, Snapshot):
            self.no_money(told)

    def test_a_payment_that_was_called_off_takes_no_money(
        self, ctx: "Context", provider: PaymentProvider, charge: Charge
    ) -> None:
        begun, _ = self.initiated(ctx, provider, charge)
        assert provider.void(ctx, begun, f"{charge.key}:void").state in OVER
        assert self.in_the_gateways_book(charge).captured == 0

    def test_calling_off_what_was_paid_meanwhile_tells_that_it_was_paid(
        self, ctx: "Context", provider: PaymentProvider, charge: Charge
    ) -> None:
        paid = self.collected(ctx, provider, charge)
        told = self.tried(lambda: provider.void(ctx, paid, f"{charge.key}:void"))
        self.has_come(told if isinstance(told, Snapshot) else provider.fetch(ctx, paid), charge.amount)

    # --- giving back --------------------------------------------------------------------------------------------
    def test_a_refund_whose_answer_was_lost_happens_once(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        part, key = Money(charge.amount.minor // 4, charge.amount.currency), f"{charge.key}r"
        paid = self.collected(ctx, provider, charge)
        self.lose_next_answer()
        self.tried(lambda: provider.refund(ctx, paid, part, key))
        found = provider.refund(ctx, paid, part, key)
        given = [e for e in found.entries if e.kind is TransactionKind.REFUND]
        assert [(e.amount, e.phase) for e in given] == [(part, Phase.SUCCEEDED)]
        assert self.in_the_gateways_book(charge) == Booked(1, charge.amount.minor, part.minor)

    def test_more_than_was_paid_is_not_given_back(self, ctx: "Context", provider: PaymentProvider, charge: Charge) -> None:
        paid = self.collected(ctx, provider, charge)
        with pytest.raises(Refused):
            provider.refund(ctx, paid, Money(charge.amount.minor + 1, charge.amount.currency), f"{charge.key}r")
        assert self.in_the_gateways_book(charge) == Booked(1, charge.amount.minor, 0)

    # --- being told ---------------------------------------------------------------------------------------------
    def test_a_notice_names_its_payment_and_is_the_same_when_repeated(
        self, ctx: "Context", provider: PaymentProvider, charge: Charge
    ) -> None:
        assert isinstance(provider, WebhookReceiver)
        paid = self.collected(ctx, provider, charge)
        known = {paid.remote_id, *(e.remote_id for e in provider.fetch(ctx, paid).entries)}
        sent = self.notices()
        read = [provider.parse_webhook(ctx, request) for request in sent]
        assert read == [provider.parse_webhook(ctx, request) for request in sent]
        assert all(notice.event_id for notice in read)
        assert any(notice.key == charge.key or notice.remote_id in known for notice in read)
        assert {200 <= provider.acknowledge(ctx, notice)[0] < 300 for notice in read} == {True}

    def test_a_notice_that_was_changed_on_the_way_is_refused(
        self, ctx: "Context", provider: PaymentProvider, charge: Charge
    ) -> None:
        assert isinstance(provider, WebhookReceiver)
        self.collected(ctx, provider, charge)
        true = self.notices()[-1]
        for body in (b"", b"{}", true.body + b" ", *(_changed(true.body, digit) for digit in UNTRUE)):
            with pytest.raises(Refused) as refused:
                provider.parse_webhook(ctx, replace(true, body=body))
            assert 400 <= refused.value.status < 500

    # --- words --------------------------------------------------------------------------------------------------
    @staticmethod
    def tried(ask: object) -> object:
        """What `ask()` answers, or the exception that it raises."""
        try:
            return ask()  # type: ignore[operator]
        except Exception as error:
            return error

    @staticmethod
    def no_money(snapshot: Snapshot) -> None:
        assert snapshot.entries == ()
        assert snapshot.state not in (AttemptState.AUTHORISED, AttemptState.CAPTURED)

    @staticmethod
    def has_come(snapshot: Snapshot, amount: Money) -> None:
        taken = [e for e in snapshot.entries if e.kind is TransactionKind.CAPTURE and e.phase is Phase.SUCCEEDED]
        assert snapshot.state is AttemptState.CAPTURED
        assert [e.amount for e in taken] == [amount]


def _changed(body: bytes, byte: bytes) -> bytes:
    """`body` with one byte replaced by another, or one added where it has none."""
    other = b"7" if byte != b"7" else b"8"
    return body.replace(byte, other, 1) if byte in body else body + byte

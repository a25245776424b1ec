"""The contract of gateways' providers finds out who breaks it: the guide's provider passes, its careless kin fail."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from secrets import token_hex
from typing import Any

import pytest
from examples.coinbox.tests import test_contract as example
from examples.coinbox.tests.conftest import KEY, SECRET, CoinboxServer
from marketry_coinbox.provider import Coinbox, _call, _snapshot

from marketry import Money
from marketry.commerce.cart import Cart, CartLine, LineId
from marketry.commerce.items import Item
from marketry.commerce.payment import AttemptState, Notice, Snapshot
from marketry.commerce.quote import Quote, QuoteLine
from marketry.testing.receiving import Inbox
from marketry.web.values import SYSTEM


class Forgetful(Coinbox):
    """Every beginning is a new payment."""

    def initiate(self, ctx: Any, charge: Any) -> Snapshot:
        return super().initiate(ctx, replace(charge, key=charge.key + token_hex(4)))


class Credulous(Coinbox):
    """Takes any answer for an answer about this payment."""

    def fetch(self, ctx: Any, charge: Any) -> Snapshot:
        told = _call(ctx, "GET", f"/payments/{charge.remote_id}")
        return _snapshot({**told, "reference": charge.key}, charge)


class Generous(Coinbox):
    """Gives back at every call."""

    def refund(self, ctx: Any, charge: Any, amount: Money, key: str) -> Snapshot:
        return super().refund(ctx, charge, amount, key + token_hex(4))


class Trusting(Coinbox):
    """Believes every notice."""

    def parse_webhook(self, ctx: Any, request: Any) -> Notice:
        told = json.loads(request.body or b"{}")
        return Notice(told.get("event", "?"), told.get("payment"), told.get("reference"))


class Hasty(Coinbox):
    """Says that the money is there as soon as the buyer was sent away."""

    def initiate(self, ctx: Any, charge: Any) -> Snapshot:
        return replace(super().initiate(ctx, charge), state=AttemptState.CAPTURED)


class Worldly(Coinbox):
    """Offers itself in any currency."""

    def offered(self, ctx: Any, quote: Any) -> None:
        return None


BROKEN = [
    (Forgetful, "test_a_payment_that_is_begun_twice_is_one"),
    (Credulous, "test_a_payment_isnt_taken_for_anothers"),
    (Generous, "test_a_refund_whose_answer_was_lost_happens_once"),
    (Generous, "test_a_refund_under_one_key_happens_once"),
    (Trusting, "test_a_notice_that_was_changed_on_the_way_is_refused"),
    (Hasty, "test_what_the_buyer_paid_is_told_whole"),
    (Worldly, "test_a_currency_that_it_doesnt_take_is_refused_and_not_offered"),
]


@pytest.fixture
def suite(make_site: Any) -> Iterator[Any]:
    """The example's own suite, and a context to run it in."""
    made: Any = example.TestCoinbox()
    with CoinboxServer() as server, Inbox() as inbox:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        own = f'[settings.coinbox]\nkey = "{KEY}"\nsecret = "{SECRET}"\napi = "{server.url}"\n[outbound]\nallow = ["127.0.0.1"]\n'
        made.server, made.inbox = server, inbox
        made.ctx_ = make_site("coinbox", more=own, base_url=inbox.url).context(actor=SYSTEM)
        yield made
        server.shutdown()


def examine(suite: Any, provider: Coinbox, name: str) -> None:
    """One test of the suite, with what pytest would hand to it."""
    charge = suite.another(provider, Money(5000, "USD"))
    given: dict[str, Any] = {"ctx": suite.ctx_, "provider": provider, "charge": charge}
    if name == "test_a_currency_that_it_doesnt_take_is_refused_and_not_offered":
        given |= {"foreign": replace(charge, amount=Money(5000, "XTS")), "quote": quote_of(suite, charge)}
        given.pop("charge")
    getattr(suite, name)(**given)


def quote_of(suite: Any, charge: Any) -> Any:
    line = CartLine(LineId("l1"), Item("A", "A"), 1)
    return Quote(Cart("c", "USD", "en", (line,)), (QuoteLine(line, charge.amount),))


@pytest.mark.parametrize(("careless", "name"), BROKEN, ids=[f"{kind.__name__}-{name[5:30]}" for kind, name in BROKEN])
def test_who_breaks_a_promise_is_found_out(suite: Any, careless: type[Coinbox], name: str) -> None:
    examine(suite, Coinbox(), name)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        examine(suite, careless(), name)

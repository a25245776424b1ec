"""What goes over the wire and what comes back: version, keys, retries, time, amounts, capture by hand, every notice."""

from dataclasses import replace
from urllib.parse import parse_qs

import httpx
import pytest
import stripe
from marketry_gateways.stripe import VERSION, StripeTwin

from marketry import Money
from marketry.commerce.cart import Cart, CartLine, LineId
from marketry.commerce.items import Item
from marketry.commerce.payment import AttemptState, Charge, Phase, TransactionKind
from marketry.commerce.quote import Quote, QuoteLine
from marketry.problems import Refused
from marketry.testing.receiving import Inbox
from marketry.web.values import SYSTEM
from marketry_payments_stripe import client

SECRET = "whsec_of_the_wire"
CARD = {"method": "card", "number": "4242424242424242", "expiry": "12 / 34", "cvc": "123", "email": "ada@example.com"}
DEBIT = {"method": "sepa_debit", "email": "ada@example.com", "name": "Ada"}
S, K, P = AttemptState, TransactionKind, Phase


@pytest.fixture(scope="module")
def gateway():
    with StripeTwin() as twin, Inbox() as inbox:
        twin.add_endpoint(f"{inbox.url}/hooks/payments_stripe", SECRET)
        yield twin, inbox


class Shop:
    """Stripe's provider in a site, the twin, and charges with keys of their own."""

    def __init__(self, runtime, twin, inbox):
        self.ctx, self.twin, self.inbox = runtime.context(actor=SYSTEM), twin, inbox
        self.stripe, self.before, self.made = runtime.provider("stripe"), len(twin.requests), 0
        self.heard = len(inbox.kept)

    def charge(self, amount):
        self.made += 1
        key = f"wire{len(self.twin.requests)}x{self.made}"
        return Charge(key, key.upper(), amount, "stripe", "https://s/back", "https://s/no", "ada@example.com")

    def paid(self, amount, form=CARD):
        """The charge as it is kept once the buyer has used Stripe's page."""
        charge = self.charge(amount)
        begun = self.stripe.initiate(self.ctx, charge)
        with httpx.Client(trust_env=False, timeout=30) as browser:
            assert browser.post(begun.action.url, data=form).status_code == 303
        return replace(charge, remote_id=begun.remote_id)

    def requests(self, path):
        return [r for r in self.twin.requests[self.before :] if r.path.endswith(path)]

    def told(self):
        """(type, key or name) of what Stripe has sent since the beginning."""
        assert self.twin.quiet(30)
        return [self.stripe.parse_webhook(self.ctx, one) for one in self.inbox.kept[self.heard :]]


@pytest.fixture
def open_shop(make_site, gateway):
    def make(**settings):
        twin, inbox = gateway
        twin.clear_faults()
        own = {"secret_key": twin.key, "webhook_secret": SECRET, "api_base": twin.url, "checkout_base": twin.url, **settings}
        lines = [f'{name} = "{value}"' for name, value in own.items()]
        more = "\n".join(["[settings.payments_stripe]", *lines, "[outbound]", 'allow = ["127.0.0.1"]', ""])
        return Shop(make_site("payments_stripe", more=more), twin, inbox)

    return make


@pytest.fixture
def shop(open_shop):
    return open_shop()


# --- calls ----------------------------------------------------------------------------------------------------------------
def test_every_call_says_which_version_its_answer_is_read_as(shop):
    paid = shop.paid(Money(1999, "USD"))
    shop.stripe.fetch(shop.ctx, paid)
    shop.stripe.refund(shop.ctx, paid, Money(100, "USD"), f"{paid.key}r")
    asked = shop.twin.requests[shop.before :]
    assert client.VERSION == VERSION
    assert {r.headers["stripe-version"] for r in asked} == {client.VERSION}
    assert all(r.headers.get("idempotency-key") for r in asked if r.method == "POST")
    assert {r.headers["host"] for r in asked} == {shop.twin.url.removeprefix("http://")}


def test_a_call_that_fails_is_made_once_more_under_the_same_key(shop):
    shop.twin.fault("error", 1, method="POST")
    charge = shop.charge(Money(1999, "USD"))
    assert shop.stripe.initiate(shop.ctx, charge).state is S.REQUIRES_ACTION
    assert [r.headers["idempotency-key"] for r in shop.requests("/checkout/sessions")] == [f"{charge.key}-session"] * 2


@pytest.mark.parametrize(("kind", "calls"), [("reset", 2), ("error", 2), ("rate_limit", 1)])
def test_trouble_that_lasts_is_raised_for_the_job_and_is_no_refusal(shop, kind, calls):
    """Whoever is told to slow down isn't asked again at once."""
    shop.twin.fault(kind, 9, method="POST")
    with pytest.raises(stripe.StripeError) as raised:
        shop.stripe.initiate(shop.ctx, shop.charge(Money(1999, "USD")))
    assert not isinstance(raised.value, client.FINAL)
    assert len(shop.requests("/checkout/sessions")) == calls


def test_a_slow_answer_isnt_waited_for(shop, monkeypatch):
    assert client.SECONDS <= 10
    monkeypatch.setattr(client, "SECONDS", 0.3)
    shop.twin.fault("slow", 9, method="POST", seconds=20)
    with pytest.raises(stripe.APIConnectionError):
        shop.stripe.initiate(shop.ctx, shop.charge(Money(1999, "USD")))


def test_what_stripe_refuses_for_good_is_refused_and_the_reason_is_told(shop):
    with pytest.raises(Refused) as refused:
        shop.stripe.refund(shop.ctx, shop.paid(Money(1000, "USD")), Money(1001, "USD"), "too-much")
    assert (refused.value.status, refused.value.problems[0].code) == (409, "payment_refused")


# --- amounts --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("minor", "currency", "sent"),
    [
        (1999, "USD", "1999"),
        (500, "JPY", "500"),
        (12_340, "KWD", "12340"),
        (500, "ISK", "50000"),
        (5000, "UGX", "500000"),
        (8888, "CNY", "8888"),
    ],
)
def test_an_amount_goes_as_stripe_counts_it_and_comes_back_as_it_was(shop, minor, currency, sent):
    amount = Money(minor, currency)
    paid = shop.paid(amount)
    (asked,) = shop.requests("/checkout/sessions")
    assert parse_qs(asked.body.decode())["line_items[0][price_data][unit_amount]"] == [sent]
    found = shop.stripe.refund(shop.ctx, paid, amount, f"{paid.key}r")
    assert [(e.kind, e.amount) for e in found.entries] == [(K.CAPTURE, amount), (K.REFUND, amount)]


@pytest.mark.parametrize(
    ("minor", "currency", "fits"),
    [
        (49, "USD", False),
        (50, "USD", True),
        (99_999_999, "USD", True),
        (100_000_000, "USD", False),
        (49, "JPY", False),
        (50, "JPY", True),
        (17_499, "HUF", False),
        (17_500, "HUF", True),
        (1230, "KWD", True),
        (1234, "KWD", False),
        (999_999, "UGX", True),
        (1_000_000, "UGX", False),
        (5000, "XTS", False),
        (0, "USD", True),
    ],
)
def test_stripe_is_offered_for_what_it_takes(shop, minor, currency, fits):
    line = CartLine(LineId("l1"), Item("A", "A"), 1)
    quote = Quote(Cart("c", currency, "en", (line,)), (QuoteLine(line, Money(minor, currency)),))
    with shop.ctx.reading():
        assert (shop.stripe.offered(shop.ctx, quote) is None) is fits


def test_without_a_key_stripe_isnt_offered(open_shop):
    shop = open_shop(secret_key="")
    line = CartLine(LineId("l1"), Item("A", "A"), 1)
    quote = Quote(Cart("c", "USD", "en", (line,)), (QuoteLine(line, Money(1000, "USD")),))
    with shop.ctx.reading():
        assert shop.stripe.offered(shop.ctx, quote).code == "payment_method_unavailable"


# --- capture by hand ------------------------------------------------------------------------------------------------------
def test_money_is_only_reserved_where_staff_take_it(open_shop):
    shop = open_shop(capture="manual")
    paid = shop.paid(Money(2000, "USD"))
    held = shop.stripe.fetch(shop.ctx, paid)
    assert (held.state, [(e.kind, e.amount.minor) for e in held.entries]) == (S.AUTHORISED, [(K.AUTHORISATION, 2000)])
    taken = shop.stripe.capture(shop.ctx, paid, Money(1500, "USD"), f"{paid.key}c")
    assert [(e.kind, e.amount.minor) for e in taken.entries] == [(K.AUTHORISATION, 2000), (K.CAPTURE, 1500), (K.VOID, 500)]
    other = shop.paid(Money(2000, "USD"))
    gone = shop.stripe.void(shop.ctx, other, f"{other.key}v")
    assert (gone.state, [e.kind for e in gone.entries]) == (S.CANCELLED, [K.AUTHORISATION, K.VOID])


# --- notices --------------------------------------------------------------------------------------------------------------
def test_completed_isnt_paid_where_the_bank_answers_days_later(shop):
    for iban, end, kind in (
        ("AT611904300234573201", S.CAPTURED, "checkout.session.async_payment_succeeded"),
        ("AT861904300235473202", S.FAILED, "checkout.session.async_payment_failed"),
    ):
        paid = shop.paid(Money(1999, "EUR"), {**DEBIT, "iban": iban})
        assert shop.stripe.fetch(shop.ctx, paid).state is S.PROCESSING
        assert ("checkout.session.completed", paid.key) in [(n.kind, n.key) for n in shop.told()]
        shop.twin.advance(3600)
        found = shop.stripe.fetch(shop.ctx, paid)
        assert (found.state, bool(found.entries)) == (end, end is S.CAPTURED)
        assert (kind, paid.key) in [(n.kind, n.key) for n in shop.told()]


def test_every_notice_that_moves_a_payment_names_it(shop):
    """The checkout's, the intent's, the refund's and the dispute's."""
    paid = shop.paid(Money(1999, "USD"))
    intent = shop.stripe.fetch(shop.ctx, paid).entries[0].remote_id
    shop.twin.plan_refund("pending", "failed")
    shop.stripe.refund(shop.ctx, paid, Money(100, "USD"), f"{paid.key}r")
    shop.twin.advance(3600)
    shop.twin.lose_dispute(shop.twin.dispute(intent)["id"])
    open_one = shop.charge(Money(500, "USD"))
    begun = shop.stripe.initiate(shop.ctx, open_one)
    shop.stripe.void(shop.ctx, replace(open_one, remote_id=begun.remote_id), f"{open_one.key}v")
    named = {n.kind: (n.key, n.remote_id) for n in shop.told() if n.key or n.remote_id}
    ours = {
        "checkout.session.completed", "payment_intent.succeeded", "refund.created", "refund.failed", "charge.dispute.created",
        "charge.dispute.closed", "checkout.session.expired",
    }  # fmt: skip
    assert ours <= set(named)
    for kind in ours - {"checkout.session.expired", "checkout.session.completed"}:
        assert intent in named[kind] or paid.key in named[kind], kind
    assert named["checkout.session.completed"] == (paid.key, paid.remote_id)
    assert named["checkout.session.expired"] == (open_one.key, begun.remote_id)
    found = shop.stripe.fetch(shop.ctx, paid)
    assert [(e.kind, e.phase) for e in found.entries] == [
        (K.CAPTURE, P.SUCCEEDED), (K.REFUND, P.FAILED), (K.CHARGEBACK, P.SUCCEEDED),
    ]  # fmt: skip

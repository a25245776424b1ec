"""Stripe's own book, read for comparison, against the twin's."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from marketry_gateways.stripe import StripeTwin
from stripe import StripeClient

from marketry import Money
from marketry.commerce.payment import Charge, TransactionKind
from marketry.web.values import SYSTEM

DAY = 86400
CARD = {"method": "card", "number": "4242424242424242", "expiry": "12 / 34", "cvc": "123", "email": "ada@example.com"}
K = TransactionKind


@pytest.fixture(scope="module")
def twin():
    with StripeTwin() as twin:
        yield twin


@pytest.fixture
def ctx(make_site, twin):
    keys = f'secret_key = "{twin.key}"\napi_base = "{twin.url}"\ncheckout_base = "{twin.url}"\n'
    return make_site("payments_stripe", more=f'[settings.payments_stripe]\n{keys}[outbound]\nallow = ["127.0.0.1"]\n').context(
        actor=SYSTEM
    )


@pytest.fixture
def day(twin):
    """A day of its own at the twin: the beginning of it, as the twin's seconds."""
    twin.advance(3 * DAY)
    return twin.clock.now()


def paid(ctx, key, amount):
    """The charge, paid on Stripe's page, as it is kept; and its intent."""
    provider = ctx.runtime.provider("stripe")
    charge = Charge(key, key.upper(), amount, "stripe", "https://s/back", "https://s/no", "ada@example.com")
    begun = provider.initiate(ctx, charge)
    with httpx.Client(trust_env=False, timeout=30) as browser:
        assert browser.post(begun.action.url, data=CARD).status_code == 303
    kept = Charge(key, key.upper(), amount, "stripe", remote_id=begun.remote_id)
    return kept, provider.fetch(ctx, kept).entries[0].remote_id


def listed(ctx, day):
    since = datetime.fromtimestamp(day, UTC)
    rows = ctx.runtime.provider("stripe").reconcile(ctx, since, since + timedelta(days=1))
    return sorted((r.kind, r.remote_id, r.amount, r.fee) for r in rows)


def test_payments_and_refunds_are_listed_as_the_buyer_saw_them_with_what_stripe_kept(ctx, day):
    charge, intent = paid(ctx, "s1", Money(1999, "USD"))
    back = ctx.runtime.provider("stripe").refund(ctx, charge, Money(500, "USD"), "s1-refund")
    (refund,) = [e.remote_id for e in back.entries if e.kind is K.REFUND]
    assert listed(ctx, day) == [
        (K.CAPTURE, intent, Money(1999, "USD"), Money(88, "USD")),
        (K.REFUND, refund, Money(500, "USD"), None),
    ]


def test_a_whole_list_is_read_however_many_pages_it_has(ctx, day, twin):
    before = len(twin.requests)
    names = {paid(ctx, f"p{n}", Money(500, "JPY"))[1] for n in range(3)}
    real = StripeClient(twin.key, base_addresses={"api": twin.url})
    assert {row[1] for row in listed(ctx, day)} == names
    pages = [r for r in twin.requests[before:] if r.path == "/v1/balance_transactions"]
    assert len(pages) == 1
    assert [len(list(real.v1.balance_transactions.list({"limit": 1, "created": {"gte": day}}).auto_paging_iter()))] == [3]


def test_refunds_under_way_or_failed_are_no_movement(ctx, day, twin):
    charge, intent = paid(ctx, "f1", Money(1000, "USD"))
    for number, end in enumerate(("pending", "failed")):
        twin.plan_refund(end, end)
        ctx.runtime.provider("stripe").refund(ctx, charge, Money(300, "USD"), f"f1-{number}")
    assert [(kind, name) for kind, name, _, _ in listed(ctx, day)] == [(K.CAPTURE, intent)]


def test_a_refund_made_on_stripes_own_pages_is_listed_and_other_peoples_charges_are_not(ctx, day, twin):
    _, intent = paid(ctx, "d1", Money(1000, "USD"))
    dashboard = StripeClient(twin.key, base_addresses={"api": twin.url})
    refund = dashboard.v1.refunds.create({"payment_intent": intent, "amount": 100})
    foreign = dashboard.v1.payment_intents.create(
        {"amount": 700, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True, "return_url": "https://s/"}
    )
    dashboard.v1.refunds.create({"payment_intent": foreign.id})
    assert [(kind, name) for kind, name, _, _ in listed(ctx, day)] == [(K.CAPTURE, intent), (K.REFUND, refund.id)]


def test_what_came_before_and_after_the_day_isnt_in_it(ctx, day, twin):
    _, intent = paid(ctx, "b1", Money(1000, "USD"))
    twin.advance(DAY)
    paid(ctx, "b2", Money(1000, "USD"))
    assert [name for _, name, _, _ in listed(ctx, day)] == [intent]

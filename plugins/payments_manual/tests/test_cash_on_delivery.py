"""Cash on delivery: its fee, its limits and its countries."""

import pytest
from plugins.payments_manual.tests.manual_site import CASH, charge, make_manual_site, quote

from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState
from marketry.plugins.failures import BootStopped


@pytest.fixture
def cash(make_site):
    runtime = make_manual_site(make_site, CASH)
    return runtime.provider("cash_on_delivery"), runtime.context()


def reason(cash, asked):
    provider, ctx = cash
    refusal = provider.offered(ctx, asked)
    assert refusal is None or refusal.code == "payment_method_unavailable"
    return refusal and refusal.message


@pytest.mark.parametrize(
    ("minor", "said"),
    [
        (999, "Cash on delivery starts at $10.00."),
        (1000, None),
        (20000, None),
        (20001, "Cash on delivery ends at $200.00."),
    ],
)
def test_limits_include_their_bounds(cash, minor, said):
    assert reason(cash, quote("USD", minor)) == said


def test_its_own_fee_does_not_push_an_order_over_the_limit(cash):
    assert reason(cash, quote("USD", 20000, fee=500)) is None


def test_a_currency_without_limits_has_none_and_costs_nothing(cash):
    provider, ctx = cash
    assert reason(cash, quote("EUR", 10_000_000)) is None
    assert provider.fee(ctx, quote("EUR", 100)) is None
    assert provider.fee(ctx, quote("USD", 100)) == Money(500, "USD")


def test_the_shipping_address_decides_the_country_over_the_visitors(cash):
    said = "Cash on delivery isn't possible in this country. Choose another way to pay."
    assert reason(cash, quote("USD", 5000, country="CA")) is None
    assert reason(cash, quote("USD", 5000, country="DE")) == said
    assert reason(cash, quote("USD", 5000, country="US", ships_to="DE")) == said
    assert reason(cash, quote("USD", 5000, country="DE", ships_to="US")) is None


def test_what_is_not_delivered_cannot_be_paid_on_delivery(cash):
    said = "Nothing in this cart is delivered, so nobody could collect the money."
    assert reason(cash, quote("USD", 5000, shippable=False)) == said


def test_it_can_be_switched_off(make_site):
    runtime = make_manual_site(make_site, "[settings.payments_manual]\ncash_enabled = false")
    refusal = runtime.provider("cash_on_delivery").offered(runtime.context(), quote("USD", 5000))
    assert refusal.message == "This shop doesn't offer cash on delivery."


def test_the_goods_go_out_first_so_nothing_expires(cash):
    provider, ctx = cash
    snapshot = provider.initiate(ctx, charge("USD", 5500))
    assert (snapshot.state, snapshot.expires_at, snapshot.entries) == (AttemptState.PROCESSING, None, ())
    assert dict(snapshot.action.instructions) == {"Amount": "$55.00", "Reference": "K7M2PX"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ("cash_fee = { usd = 5 }", "cash_fee"),
        ("cash_fee = { USD = -1 }", "cash_fee"),
        ("cash_fee = { USD = 4.5 }", "cash_fee"),
        ('cash_fee = { USD = "5" }', "cash_fee"),
        ('cash_countries = ["Germany"]', "cash_countries"),
        ("bank_days = 0", "bank_days"),
        ("bank_day = 7", "bank_day"),
        ('bank_accounts = { EUR = { holder = "X" } }', "bank_accounts"),
    ],
)
def test_wrong_settings_stop_the_site_and_are_named(make_site, wrong, field):
    with pytest.raises(BootStopped) as stopped:
        make_manual_site(make_site, f"[settings.payments_manual]\n{wrong}")
    assert "payments_manual" in str(stopped.value)
    assert field in str(stopped.value)

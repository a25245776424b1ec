"""Bank transfer: offered where there is an account, instructions with the order's number, staff's word is the truth."""

from datetime import UTC, datetime

import pytest
from plugins.payments_manual.tests.manual_site import ACCOUNTS, charge, make_manual_site, quote

from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Entry, PaymentProvider, Phase, ProviderKind, TransactionKind
from marketry.problems import Refused


def test_both_ways_satisfy_the_contract_of_deferred_providers(make_site):
    runtime = make_manual_site(make_site)
    providers = [runtime.provider("bank_transfer"), runtime.provider("cash_on_delivery")]
    assert all(isinstance(p, PaymentProvider) and p.kind is ProviderKind.DEFERRED for p in providers)


def test_it_is_offered_in_the_currencies_that_have_an_account(make_site):
    runtime = make_manual_site(make_site, ACCOUNTS)
    provider, ctx = runtime.provider("bank_transfer"), runtime.context()
    assert provider.offered(ctx, quote("EUR", 100)) is None
    refusal = provider.offered(ctx, quote("USD", 100))
    assert (refusal.code, refusal.field) == ("payment_method_unavailable", "payments")
    assert refusal.message == "Bank transfer isn't possible in USD. Choose another way to pay."
    assert provider.fee(ctx, quote("EUR", 100)) is None


def test_the_buyer_is_shown_the_account_and_the_order_number_until_the_deadline(make_site):
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    runtime = make_manual_site(make_site, ACCOUNTS, clock=lambda: now)
    snapshot = runtime.provider("bank_transfer").initiate(runtime.context(), charge("EUR", 123456))
    assert snapshot.state is AttemptState.REQUIRES_ACTION
    assert (snapshot.entries, snapshot.remote_id) == ((), "attempt-1")
    assert snapshot.expires_at == snapshot.action.expires_at == datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert snapshot.action.kind == "show"
    assert dict(snapshot.action.instructions) == {
        "Account holder": "Atelier GmbH",
        "Account number": "DE02120300000000202051",
        "Bank": "DKB",
        "Amount": "€1,234.56",
        "Reference": "K7M2PX",
    }


def test_without_an_account_in_its_currency_a_charge_is_refused(make_site):
    runtime = make_manual_site(make_site, ACCOUNTS)
    with pytest.raises(Refused) as refused:
        runtime.provider("bank_transfer").initiate(runtime.context(), charge("USD", 100))
    assert [p.code for p in refused.value.problems] == ["payment_method_unavailable"]


@pytest.mark.parametrize("code", ["bank_transfer", "cash_on_delivery"])
def test_what_staff_record_succeeds_at_once_under_the_key_of_the_operation(make_site, code):
    runtime = make_manual_site(make_site, ACCOUNTS)
    provider, ctx, asked = runtime.provider(code), runtime.context(), charge("EUR", 5000)
    captured = provider.capture(ctx, asked, Money(3000, "EUR"), "op-1")
    assert captured.state is AttemptState.CAPTURED
    assert captured.entries == (Entry(TransactionKind.CAPTURE, Phase.SUCCEEDED, Money(3000, "EUR"), "op-1"),)
    assert provider.capture(ctx, asked, Money(3000, "EUR"), "op-1") == captured
    refunded = provider.refund(ctx, asked, Money(1000, "EUR"), "op-2")
    assert refunded.entries == (Entry(TransactionKind.REFUND, Phase.SUCCEEDED, Money(1000, "EUR"), "op-2"),)
    voided = provider.void(ctx, asked, "op-3")
    assert voided.state is AttemptState.CANCELLED
    assert voided.entries == (Entry(TransactionKind.VOID, Phase.SUCCEEDED, Money(5000, "EUR"), "op-3"),)


@pytest.mark.parametrize("code", ["bank_transfer", "cash_on_delivery"])
def test_asking_again_brings_no_news(make_site, code):
    runtime = make_manual_site(make_site, ACCOUNTS)
    snapshot = runtime.provider(code).fetch(runtime.context(), charge("EUR", 5000))
    assert (snapshot.entries, snapshot.action, snapshot.expires_at, snapshot.problem) == ((), None, None, None)


@pytest.mark.parametrize("ending", ["html", "txt"])
def test_the_instructions_are_drawn_in_the_readers_language(make_site, ending):
    from marketry.web.templates import render_text

    runtime = make_manual_site(make_site, ACCOUNTS, clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
    action = runtime.provider("bank_transfer").initiate(runtime.context(), charge("EUR", 5000)).action
    template = action.template.replace(".html", f".{ending}")
    english, chinese = (render_text(runtime.context(locale=loc), template, action=action) for loc in ("en", "zh"))
    assert [w in english for w in ("Account holder", "Atelier GmbH", "Reference", "K7M2PX", "Mar 4, 2026")] == [True] * 5
    assert [w in chinese for w in ("户名", "付款附言", "K7M2PX", "Account holder")] == [True, True, True, False]
    places = [english.index(label) for label in ("Account holder", "Account number", "Amount", "Reference")]
    assert places == sorted(places)

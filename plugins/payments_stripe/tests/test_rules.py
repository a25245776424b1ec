"""Amounts, notices and what Stripe's objects mean."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from stripe import WebhookSignature

from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Charge, Entry, Notice, Phase, RawRequest, TransactionKind
from marketry.problems import Refused
from marketry_payments_stripe import notices
from marketry_payments_stripe.amounts import money_of, units_of
from marketry_payments_stripe.sessions import checkout_of
from marketry_payments_stripe.settings import StripeSettings
from marketry_payments_stripe.snapshots import of_intent, of_session

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
K, P, S = TransactionKind, Phase, AttemptState


@pytest.mark.parametrize(
    ("minor", "currency", "units"),
    [
        (1999, "USD", 1999),
        (500, "JPY", 500),  # no decimals anywhere
        (12340, "KWD", 12340),  # 12.340 dinars
        (500, "ISK", 50000),  # no decimals, sent as if it had two
        (500, "UGX", 50000),
        (1500, "MGA", 15),  # ISO counts iraimbilanja, Stripe ariary
    ],
)
def test_amounts_go_as_stripe_counts_them(minor: int, currency: str, units: int) -> None:
    assert units_of(Money(minor, currency)) == units
    assert money_of(units, currency.lower()) == Money(minor, currency)


@pytest.mark.parametrize(("minor", "currency"), [(12345, "KWD"), (1501, "MGA")])
def test_what_stripe_cant_take_is_refused_not_rounded(minor: int, currency: str) -> None:
    with pytest.raises(ValueError):
        units_of(Money(minor, currency))


# --- notices --------------------------------------------------------------------------------------------------------------
SETTINGS = StripeSettings(secret_key="sk_test_1", webhook_secret="whsec_new", webhook_secret_before="whsec_old", account="acct_1")


class Here:
    """As much of a context as reading a notice takes."""

    def now(self) -> datetime:
        return NOW

    def gettext(self, text: str, **_: object) -> str:
        return text


def event(told: dict[str, Any] | None = None, **more: Any) -> bytes:
    session = {"object": "checkout.session", "id": "cs_1", "client_reference_id": "attempt1"}
    whole = {"id": "evt_1", "type": "checkout.session.completed", "livemode": False, "data": {"object": told or session}, **more}
    return json.dumps(whole).encode()


def signed(body: bytes, secret: str = "whsec_new", at: float = NOW.timestamp()) -> RawRequest:
    return RawRequest(body, {"stripe-signature": WebhookSignature.generate_signature_header(body.decode(), secret, int(at))})


def read(request: RawRequest) -> Notice:
    return notices.read(Here(), SETTINGS, request)  # type: ignore[arg-type]


def test_a_genuine_notice_says_whom_to_ask_about() -> None:
    assert read(signed(event())) == Notice("evt_1", "cs_1", "attempt1", "checkout.session.completed")


def test_either_secret_is_taken_while_one_replaces_the_other() -> None:
    assert read(signed(event(), "whsec_old")).event_id == "evt_1"
    ours, other = signed(event()).headers["stripe-signature"], signed(event(), "whsec_x").headers["stripe-signature"]
    both = RawRequest(event(), {"stripe-signature": f"{other},{ours.partition(',')[2]}"})
    assert read(both).event_id == "evt_1"


@pytest.mark.parametrize(
    "request_",
    [
        signed(event(), "whsec_other"),
        RawRequest(event(id="evt_2"), signed(event()).headers),
        RawRequest(event(), {}),
        RawRequest(event(), {"stripe-signature": "t=,v1="}),
        RawRequest(event(), {"stripe-signature": "v1=abc"}),
        RawRequest(event(), {"stripe-signature": f"t={'9' * 400},v1=abc"}),
        RawRequest(event(), {"stripe-signature": f"t={int(NOW.timestamp())},v1=\xe9"}),
        RawRequest(b"\xff\xfe", {"stripe-signature": f"t={int(NOW.timestamp())},v1=abc"}),
        signed(event(), at=NOW.timestamp() - 301),
        signed(event(), at=NOW.timestamp() + 301),
        signed(event(livemode=True)),
        signed(event(account="acct_2")),
        signed(b"[]"),
        signed(b"{}"),
    ],
    ids=[
        "forged",
        "altered",
        "unsigned",
        "empty",
        "undated",
        "dated-beyond-numbers",
        "no-ascii",
        "no-utf8",
        "stale",
        "from-the-future",
        "live",
        "account",
        "list",
        "nothing",
    ],
)
def test_what_isnt_genuine_or_not_for_us_is_refused(request_: RawRequest) -> None:
    with pytest.raises(Refused) as refused:
        read(request_)
    assert (refused.value.status, refused.value.problems[0].code) == (400, "bad_notice")


@pytest.mark.parametrize(
    ("kind", "told", "remote_id", "key"),
    [
        ("payment_intent.succeeded", {"object": "payment_intent", "id": "pi_1", "metadata": {"attempt": "a1"}}, "pi_1", "a1"),
        ("refund.failed", {"object": "refund", "id": "re_1", "payment_intent": "pi_1", "metadata": {}}, "pi_1", None),
        ("charge.dispute.created", {"object": "dispute", "id": "dp_1", "payment_intent": "pi_1"}, "pi_1", None),
        ("customer.created", {"object": "customer", "id": "cus_1"}, None, None),
    ],
)
def test_other_notices_name_the_intent(kind: str, told: dict[str, Any], remote_id: str | None, key: str | None) -> None:
    notice = read(signed(event(told, type=kind)))
    assert (notice.remote_id, notice.key, notice.kind) == (remote_id, key, kind)


# --- objects --------------------------------------------------------------------------------------------------------------
def session(**more: Any) -> dict[str, Any]:
    return {"id": "cs_1", "status": "open", "url": "https://pay/1", "livemode": False, "expires_at": int(NOW.timestamp()), **more}


def intent(**more: Any) -> dict[str, Any]:
    card = {"status": "succeeded", "payment_method_details": {"card": {"brand": "visa", "last4": "4242"}}}
    whole = {"id": "pi_1", "status": "succeeded", "amount": 1000, "amount_received": 1000, "currency": "usd", "livemode": False}
    return {**whole, "capture_method": "automatic", "latest_charge": card, **more}


def entry(kind: TransactionKind, minor: int, name: str = "pi_1", phase: Phase = P.SUCCEEDED, **more: str) -> Entry:
    return Entry(kind, phase, Money(minor, "USD"), name, **more)


def test_an_open_page_waits_for_the_buyer() -> None:
    found = of_session(session(), None, (), (), "acct_1")
    assert (found.state, found.remote_id, found.action.url if found.action else "", found.expires_at) == (
        S.REQUIRES_ACTION, "cs_1", "https://pay/1", NOW,
    )  # fmt: skip


def test_completed_isnt_paid() -> None:
    late = intent(status="processing", amount_received=0, latest_charge=None)
    assert of_session(session(status="complete"), late, (), (), "").state is S.PROCESSING
    bounced = intent(status="requires_payment_method", amount_received=0, latest_charge=None)
    assert of_session(session(status="complete"), bounced, (), (), "").state is S.FAILED
    paid = of_session(session(status="complete"), intent(), (), (), "")
    assert (paid.state, paid.entries, paid.label) == (S.CAPTURED, (entry(K.CAPTURE, 1000),), "Visa •••• 4242")


def test_a_declined_card_leaves_the_page_open() -> None:
    declined = intent(status="requires_payment_method", amount_received=0, latest_charge=None)
    assert of_session(session(), declined, (), (), "").state is S.REQUIRES_ACTION


def test_manual_capture_reserves_takes_and_lets_the_rest_go() -> None:
    held = intent(capture_method="manual", status="requires_capture", amount_received=0)
    assert of_intent(held, (), (), "").entries == (entry(K.AUTHORISATION, 1000),)
    part = intent(capture_method="manual", amount_received=400)
    assert of_intent(part, (), (), "").entries == (entry(K.AUTHORISATION, 1000), entry(K.CAPTURE, 400), entry(K.VOID, 600))
    gone = intent(capture_method="manual", status="canceled", amount_received=0)
    assert of_intent(gone, (), (), "").entries == (entry(K.AUTHORISATION, 1000), entry(K.VOID, 1000))


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("pending", P.PENDING),
        ("requires_action", P.PENDING),
        ("succeeded", P.SUCCEEDED),
        ("failed", P.FAILED),
        ("canceled", P.FAILED),
    ],
)
def test_refunds_have_phases_and_name_their_operation(status: str, phase: Phase) -> None:
    refund = {"id": "re_1", "status": status, "amount": 333, "currency": "usd", "metadata": {"operation": "op1"}}
    found = of_intent(intent(), [refund], (), "").entries
    assert found[1] == entry(K.REFUND, 333, "re_1", phase, key="op1")


@pytest.mark.parametrize(("status", "phase"), [("needs_response", P.PENDING), ("lost", P.SUCCEEDED), ("won", P.FAILED)])
def test_disputes_bind_take_or_give_back(status: str, phase: Phase) -> None:
    dispute = {"id": "dp_1", "status": status, "amount": 1000, "currency": "usd", "reason": "fraudulent"}
    assert of_intent(intent(), (), [dispute], "").entries[1] == entry(K.CHARGEBACK, 1000, "dp_1", phase, message="fraudulent")


def test_an_inquiry_moves_no_money() -> None:
    inquiry = {"id": "dp_1", "status": "warning_needs_response", "amount": 1000, "currency": "usd"}
    assert of_intent(intent(), (), [inquiry], "").entries == (entry(K.CAPTURE, 1000),)


def test_a_saved_card_that_needs_its_owner_has_failed() -> None:
    assert of_intent(intent(status="requires_action", amount_received=0), (), (), "").state is S.FAILED


# --- what is asked --------------------------------------------------------------------------------------------------------
CHARGE = Charge(
    "a1",
    "7KD2",
    Money(1999, "USD"),
    "stripe",
    "https://s/back",
    "https://s/no",
    "ada@example.com",
    "zh",
    "Order 7KD2",
    created_at=NOW,
)


def test_the_same_charge_asks_the_same() -> None:
    """Stripe refuses an idempotency key that comes with another request."""
    asked = checkout_of(CHARGE, SETTINGS)
    assert asked == checkout_of(CHARGE, SETTINGS)
    assert asked["line_items"][0]["price_data"]["unit_amount"] == 1999
    assert (asked["expires_at"], asked["locale"], asked["client_reference_id"]) == (int(NOW.timestamp()) + 3600, "zh", "a1")
    assert asked["customer_email"] == "ada@example.com"


def test_a_publishable_key_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="This is no secret key"):
        StripeSettings(secret_key="pk_test_1")

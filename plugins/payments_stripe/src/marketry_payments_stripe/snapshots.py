"""What Stripe's objects mean for the ledger. Pure, over objects as plain dicts.

Source: https://docs.stripe.com/api/checkout/sessions/object, /payment_intents/object, /refunds/object, /disputes/object.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from marketry.commerce.payment import Action, AttemptState, Entry, Instrument, Phase, Snapshot, TransactionKind
from marketry_payments_stripe.amounts import money_of

Object = Mapping[str, Any]
_S, _K, _P = AttemptState, TransactionKind, Phase

INTENT_STATES = {
    "requires_payment_method": _S.REQUIRES_ACTION,
    "requires_confirmation": _S.REQUIRES_ACTION,
    "requires_action": _S.REQUIRES_ACTION,
    "processing": _S.PROCESSING,
    "requires_capture": _S.AUTHORISED,
    "succeeded": _S.CAPTURED,
    "canceled": _S.CANCELLED,
}
BRANDS = {"amex": "American Express", "jcb": "JCB", "unionpay": "UnionPay", "diners": "Diners Club", "sepa_debit": "SEPA Debit"}
REFUND_PHASES = {"succeeded": _P.SUCCEEDED, "failed": _P.FAILED, "canceled": _P.FAILED}
# While a dispute is open the bank has the money; inquiries (warning_…) move none.
DISPUTE_PHASES = {"needs_response": _P.PENDING, "under_review": _P.PENDING, "lost": _P.SUCCEEDED, "won": _P.FAILED}


def of_session(
    session: Object, intent: Object | None, refunds: Iterable[Object], disputes: Iterable[Object], account: str
) -> Snapshot:
    """A hosted checkout. `completed` isn't paid: with a delayed method the money comes, or doesn't, days later."""
    state = _state(session, intent)
    waits = state is _S.REQUIRES_ACTION and session.get("url")
    expires_at = _time(session.get("expires_at"))
    return Snapshot(
        state,
        str(session["id"]),
        tuple(entries(intent, refunds, disputes)),
        action=Action("redirect", str(session["url"]), expires_at=expires_at) if waits else None,
        account=account,
        live=bool(session["livemode"]),
        expires_at=expires_at if waits else None,
        label=label_of(intent),
    )


def of_intent(intent: Object, refunds: Iterable[Object], disputes: Iterable[Object], account: str) -> Snapshot:
    """A charge of what was saved. One that isn't taken is over, unless its owner is to prove at their bank who they are."""
    state, proof = INTENT_STATES[intent["status"]], _proof(intent)
    return Snapshot(
        _S.FAILED if state is _S.REQUIRES_ACTION and proof is None else state,
        str(intent["id"]),
        tuple(entries(intent, refunds, disputes)),
        action=proof,
        account=account,
        live=bool(intent["livemode"]),
        label=label_of(intent),
    )


def _proof(intent: Object) -> Action | None:
    asked = (intent.get("next_action") or {}).get("redirect_to_url") if intent["status"] == "requires_action" else None
    return Action("redirect", str(asked["url"])) if asked else None


def instrument_of(intent: Object) -> Instrument | None:
    """What the intent was paid with, where it is kept for later."""
    if not (intent.get("customer") and intent.get("payment_method") and intent.get("setup_future_usage")):
        return None
    method = _details(intent)
    month, year = method.get("exp_month"), method.get("exp_year")
    expires = f"{year:04d}-{month:02d}" if month and year else ""
    token = f"{intent['customer']}:{intent['payment_method']}"
    return Instrument(token, label_of(intent), expires, str(method.get("fingerprint") or ""))


def _state(session: Object, intent: Object | None) -> AttemptState:
    if intent is not None and intent["status"] in ("succeeded", "requires_capture"):
        return INTENT_STATES[intent["status"]]
    if session["status"] == "expired":  # then Stripe cancels an intent that was begun
        return _S.EXPIRED
    if intent is not None and intent["status"] == "canceled":
        return _S.CANCELLED
    if session["status"] == "complete":
        failed = intent is not None and intent["status"] == "requires_payment_method"
        return _S.FAILED if failed else _S.PROCESSING
    return _S.REQUIRES_ACTION


def entries(intent: Object | None, refunds: Iterable[Object], disputes: Iterable[Object]) -> Iterator[Entry]:
    """All movements. Authorisation and capture go by the intent's id, by which notices of refunds and disputes name it."""
    if intent is not None:
        yield from _taken(intent)
    for refund in refunds:
        phase = REFUND_PHASES.get(refund["status"], _P.PENDING)
        key = str((refund.get("metadata") or {}).get("operation", ""))
        amount, reason = money_of(refund["amount"], refund["currency"]), refund.get("failure_reason") or ""
        yield Entry(_K.REFUND, phase, amount, str(refund["id"]), message=str(reason), key=key)
    for dispute in disputes:
        if dispute["status"] in DISPUTE_PHASES:
            amount = money_of(dispute["amount"], dispute["currency"])
            phase = DISPUTE_PHASES[dispute["status"]]
            yield Entry(_K.CHARGEBACK, phase, amount, str(dispute["id"]), message=str(dispute.get("reason") or ""))


def _taken(intent: Object) -> Iterator[Entry]:
    name, currency, manual = str(intent["id"]), intent["currency"], intent["capture_method"] == "manual"
    received = int(intent.get("amount_received") or 0)
    if manual and (intent["status"] == "requires_capture" or received or _was_authorised(intent)):
        yield Entry(_K.AUTHORISATION, _P.SUCCEEDED, money_of(intent["amount"], currency), name)
    if received:
        yield Entry(_K.CAPTURE, _P.SUCCEEDED, money_of(received, currency), name)
    let_go = int(intent["amount"]) - received  # a part that isn't captured at once is let go
    if manual and let_go and (intent["status"] == "succeeded" or (intent["status"] == "canceled" and _was_authorised(intent))):
        yield Entry(_K.VOID, _P.SUCCEEDED, money_of(let_go, currency), name)


def _was_authorised(intent: Object) -> bool:
    charge = intent.get("latest_charge")
    return isinstance(charge, Mapping) and charge.get("status") == "succeeded"


def label_of(intent: Object | None) -> str:
    """`Visa •••• 4242`, or `SEPA Debit •••• 3201`, where it is known."""
    method = _details(intent or {})
    name = str(method.get("brand") or method.get("type", ""))
    words = BRANDS.get(name, name.replace("_", " ").title())
    return f"{words} •••• {method['last4']}" if method.get("last4") else ""


def _details(intent: Object) -> Object:
    """What is known of the card or account behind the last charge, with its `type`."""
    charge = intent.get("latest_charge")
    details = charge.get("payment_method_details") or {} if isinstance(charge, Mapping) else {}
    kind = str(details.get("type") or "card")
    return {"type": kind, **(details.get(kind) or {})}


def _time(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None

"""A payment intent meets a payment method: charged, held, challenged, declined, or under way at a bank."""

from __future__ import annotations

from marketry_gateways.stripe import ledger
from marketry_gateways.stripe.cards import CARDS, Card, decline_words
from marketry_gateways.stripe.desk import Desk, shown
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.names import new_id

AUTHORISED_FOR = 7 * 24 * 3600
FAILING_IBAN = "AT861904300235473202"


def confirm(desk: Desk, intent: Json, method: Json, *, off_session: bool = False, authenticated: bool = False) -> Json:
    """Try to charge; the intent's status and last_payment_error tell what came of it. Writes and tells everything."""
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if method["type"] == "sepa_debit":
        return _begin_debit(desk, intent, method)
    card = CARDS[method["_number"]]
    if desk.livemode:
        return _decline(desk, intent, method, "card_declined", "live_mode_test_card")
    if _challenged(card, method, off_session) and not authenticated:
        if off_session:
            return _decline(desk, intent, method, "authentication_required", "authentication_required")
        return _challenge(desk, intent)
    if card.decline:
        return _decline(desk, intent, method, *card.decline)
    return _charge(desk, intent, method, card)


def _challenged(card: Card, method: Json, off_session: bool) -> bool:
    if card.challenge == "unless_set_up":
        return not (off_session and method.get("_set_up"))
    return card.challenge == "always"


def _challenge(desk: Desk, intent: Json) -> Json:
    url = f"{desk.world.url}/c/challenge/{intent['id']}"
    intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"return_url": intent["_return_url"], "url": url}}
    intent["status"] = "requires_action"
    desk.put(intent)
    desk.emit("payment_intent.requires_action", intent)
    return intent


def _charge(desk: Desk, intent: Json, method: Json, card: Card) -> Json:
    manual = intent["capture_method"] == "manual"
    charge = new_charge(desk, intent, method, "succeeded")
    charge |= {"captured": not manual, "paid": True, "amount_captured": 0 if manual else intent["amount"]}
    if not manual:
        charge["balance_transaction"] = ledger.collected(desk, charge, intent["amount"])
    charge["_due"] = desk.now if card.dispute and not manual else None
    desk.put(charge)
    intent["latest_charge"] = charge["id"]
    if intent["setup_future_usage"] == "off_session":
        desk.put(method | {"_set_up": True})
    desk.emit("charge.succeeded", charge)
    if manual:
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"], "_due": desk.now + AUTHORISED_FOR}
        desk.emit("payment_intent.amount_capturable_updated", desk.put(intent))
    else:
        succeed(desk, intent, intent["amount"])
    return intent


def succeed(desk: Desk, intent: Json, received: int) -> None:
    """The money is there."""
    intent |= {"status": "succeeded", "amount_received": received, "amount_capturable": 0, "next_action": None}
    desk.put(intent)
    desk.emit("payment_intent.succeeded", intent)


def _decline(desk: Desk, intent: Json, method: Json, code: str, decline_code: str) -> Json:
    charge = new_charge(desk, intent, method, "failed")
    said = _decline_words(decline_code)
    charge |= {"failure_code": code, "failure_message": said, "outcome": _refused(method, decline_code, said)}
    desk.put(charge)
    desk.emit("charge.failed", charge)
    error = {"type": "card_error", "code": code, "message": said, "charge": charge["id"], "decline_code": decline_code}
    fail(desk, intent, error | {"payment_method": shown(method)}, charge["id"])
    return intent


def _decline_words(decline_code: str) -> str:
    if decline_code == "authentication_required":
        return "Your card was declined. This transaction requires authentication."
    return decline_words(decline_code)


def _refused(method: Json, decline_code: str, said: str) -> Json:
    risk = CARDS[method["_number"]].risk
    blocked = risk == "highest"
    return {
        "network_status": "not_sent_to_network" if blocked else "declined_by_network",
        "reason": "highest_risk_level" if blocked else decline_code,
        "risk_level": risk,
        "seller_message": said,
        "type": "blocked" if blocked else "issuer_declined",
    }


def fail(desk: Desk, intent: Json, error: Json, charge: str | None = None) -> None:
    """The attempt is over; the intent waits for another method."""
    intent |= {"status": "requires_payment_method", "last_payment_error": error, "payment_method": None, "next_action": None}
    intent["latest_charge"] = charge or intent["latest_charge"]
    desk.put(intent)
    desk.emit("payment_intent.payment_failed", intent)


def fail_challenge(desk: Desk, intent: Json) -> None:
    """The buyer didn't prove to be the cardholder."""
    said = "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    method = desk.get("payment_method", intent["payment_method"])
    code = "payment_intent_authentication_failure"
    fail(desk, intent, {"type": "invalid_request_error", "code": code, "message": said, "payment_method": shown(method)})


def _begin_debit(desk: Desk, intent: Json, method: Json) -> Json:
    charge = new_charge(desk, intent, method, "pending")
    desk.put(charge)
    intent |= {"status": "processing", "latest_charge": charge["id"], "_due": desk.now + desk.world.settle_after}
    desk.put(intent)
    desk.emit("charge.pending", charge)
    desk.emit("payment_intent.processing", intent)
    return intent


def settle_debit(desk: Desk, intent: Json, *, success: bool | None = None) -> Json:
    """The bank has answered; without ``success`` the test IBAN decides."""
    charge, method = desk.get("charge", intent["latest_charge"]), desk.get("payment_method", intent["payment_method"])
    intent["_due"] = None
    if success is None:
        success = method["_iban"] != FAILING_IBAN
    if success:
        charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
        charge["balance_transaction"] = ledger.collected(desk, charge, charge["amount"])
        desk.emit("charge.succeeded", desk.put(charge))
        succeed(desk, intent, intent["amount"])
        return intent
    said = "The customer's bank could not process the debit."
    desk.emit(
        "charge.failed", desk.put(charge | {"status": "failed", "failure_code": "debit_not_authorized", "failure_message": said})
    )
    error = {"type": "invalid_request_error", "code": "payment_intent_payment_attempt_failed", "message": said}
    fail(desk, intent, error | {"charge": charge["id"], "payment_method": shown(method)})
    return intent


def new_charge(desk: Desk, intent: Json, method: Json, status: str) -> Json:
    """An attempt on a payment method, not yet written."""
    risk = CARDS[method["_number"]].risk if method["type"] == "card" else "not_assessed"
    details = {key: value for key, value in method[method["type"]].items() if key != "networks"}
    return {
        "id": new_id("ch" if method["type"] == "card" else "py"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "captured": False,
        "created": desk.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": desk.livemode,
        "metadata": dict(intent["metadata"]),
        "outcome": {
            "network_status": "approved_by_network",
            "reason": "elevated_risk_level" if risk == "elevated" else None,
            "risk_level": risk,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {method["type"]: details, "type": method["type"]},
        "receipt_email": None,
        "receipt_url": None,
        "refunded": False,
        "status": status,
    }

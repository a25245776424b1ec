"""Payment intents. Source: https://docs.stripe.com/api/payment_intents and https://docs.stripe.com/payments/paymentintents/lifecycle"""

from __future__ import annotations

from stripe.params import (
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
    PaymentIntentUpdateParams,
)

from marketry_gateways.stripe import amounts, ledger
from marketry_gateways.stripe.charging import confirm, succeed
from marketry_gateways.stripe.desk import Desk, shown
from marketry_gateways.stripe.disputes import disputed_as
from marketry_gateways.stripe.errors import Json, StripeRefusal
from marketry_gateways.stripe.lists import matching, page
from marketry_gateways.stripe.metadata import merged
from marketry_gateways.stripe.methods import usable
from marketry_gateways.stripe.names import client_secret, new_id
from marketry_gateways.stripe.operations import Call, operation

_CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing")


def new_intent(desk: Desk, amount: int, currency: str, wishes: Json) -> Json:
    """A payment intent that waits for a method, written and told. ``wishes`` are the parameters that describe it."""
    intent = new_id("pi")
    body: Json = {
        "id": intent,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": wishes.get("automatic_payment_methods"),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": wishes.get("capture_method", "automatic_async"),
        "client_secret": client_secret(intent),
        "confirmation_method": wishes.get("confirmation_method", "automatic"),
        "created": desk.now,
        "currency": currency,
        "customer": wishes.get("customer"),
        "description": wishes.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": desk.livemode,
        "metadata": merged({}, wishes.get("metadata")),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": wishes.get("payment_method_types", ["card"]),
        "receipt_email": wishes.get("receipt_email"),
        "setup_future_usage": wishes.get("setup_future_usage"),
        "shipping": wishes.get("shipping"),
        "statement_descriptor": wishes.get("statement_descriptor"),
        "status": "requires_payment_method",
        "transfer_group": wishes.get("transfer_group"),
        "_return_url": wishes.get("return_url"),
        "_session": wishes.get("_session"),
    }
    desk.emit("payment_intent.created", desk.put(body))
    return body


@operation("POST", "/v1/payment_intents", PaymentIntentCreateParams)
def create(call: Call) -> Json:
    desk, params = call.desk, call.params
    currency = amounts.demand_currency(params["currency"], "currency")
    amounts.demand_chargeable(params["amount"], currency, "amount")
    if "customer" in params:
        desk.get("customer", params["customer"], "customer")
    if params.get("off_session") and not params.get("confirm"):
        raise StripeRefusal("The parameter `off_session` can only be passed when `confirm=true`.", param="off_session")
    method = usable(desk, params["payment_method"], params.get("customer")) if "payment_method" in params else None
    intent = new_intent(desk, params["amount"], currency, params)
    if method and not params.get("confirm"):
        return desk.put(intent | {"payment_method": method["id"], "status": "requires_confirmation"})
    if params.get("confirm"):
        _demand_way_back(params)
        return _confirm(desk, intent, method, off_session=_absent(params))
    return intent


def _absent(params: Json) -> bool:
    """Whether nobody is there to prove to be the cardholder."""
    return bool(params.get("off_session") or params.get("error_on_requires_action"))


def _demand_way_back(params: Json) -> None:
    automatic = params.get("automatic_payment_methods") or {}
    if "return_url" in params or automatic.get("allow_redirects") == "never" or _absent(params):
        return
    message = (
        "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment"
        " methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept"
        " redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and"
        " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
    )
    raise StripeRefusal(message)


@operation("POST", "/v1/payment_intents/{id}/confirm", PaymentIntentConfirmParams)
def confirm_intent(call: Call) -> Json:
    desk, params = call.desk, call.params
    intent = desk.get("payment_intent", call.id, "intent")
    _demand_status(intent, "confirmed", ("requires_payment_method", "requires_confirmation", "requires_action"))
    intent["_return_url"] = params.get("return_url", intent["_return_url"])
    chosen = params.get("payment_method", intent["payment_method"])
    method = usable(desk, chosen, intent["customer"]) if chosen else None
    return _confirm(desk, intent, method, off_session=_absent(params))


def _confirm(desk: Desk, intent: Json, method: Json | None, *, off_session: bool) -> Json:
    if method is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
            " PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method."
        )
        raise StripeRefusal(message, code="payment_intent_unexpected_state", kept=True, payment_intent=shown(intent))
    intent = confirm(desk, intent, method, off_session=off_session)
    error = intent["last_payment_error"]
    if error:
        fields = {name: error[name] for name in ("decline_code", "charge", "payment_method") if name in error}
        raise StripeRefusal(
            error["message"], status=402, type="card_error", code=error["code"], kept=True, payment_intent=shown(intent), **fields
        )
    return intent


@operation("POST", "/v1/payment_intents/{id}", PaymentIntentUpdateParams)
def update(call: Call) -> Json:
    for name in call.params:
        if name not in ("metadata", "description", "receipt_email"):
            raise StripeRefusal(f"This twin doesn't model changing `{name}`.", param=name)
    intent = call.desk.get("payment_intent", call.id, "intent")
    intent |= {name: value for name, value in call.params.items() if name != "metadata"}
    return call.desk.put(intent | {"metadata": merged(intent["metadata"], call.params.get("metadata"))})


@operation("GET", "/v1/payment_intents/{id}", PaymentIntentRetrieveParams)
def retrieve(call: Call) -> Json:
    return call.desk.get("payment_intent", call.id, "intent")


@operation("GET", "/v1/payment_intents", PaymentIntentListParams)
def list_all(call: Call) -> Json:
    found = matching(call.desk.all("payment_intent"), call.params, "customer")
    return page(found, call.params, "/v1/payment_intents")


@operation("POST", "/v1/payment_intents/{id}/capture", PaymentIntentCaptureParams)
def capture(call: Call) -> Json:
    desk, params = call.desk, call.params
    intent = desk.get("payment_intent", call.id, "intent")
    _demand_status(intent, "captured", ("requires_capture",))
    amount = int(params.get("amount_to_capture", intent["amount_capturable"]) or 0)
    if amount < 1:
        raise StripeRefusal("Invalid positive integer", code="parameter_invalid_integer", param="amount_to_capture")
    amounts.demand_shape(amount, intent["currency"], "amount_to_capture")
    if amount > intent["amount_capturable"]:
        message = f"The amount to capture ({amount}) is greater than what can be captured ({intent['amount_capturable']})."
        raise StripeRefusal(message, code="amount_too_large", param="amount_to_capture", kept=True, payment_intent=shown(intent))
    intent["metadata"] = merged(intent["metadata"], params.get("metadata"))
    charge = desk.get("charge", intent["latest_charge"])
    charge |= {"captured": True, "amount_captured": amount}
    charge["balance_transaction"] = ledger.collected(desk, charge, amount)
    charge["_due"] = desk.now if disputed_as(desk, charge) else None
    desk.emit("charge.captured", desk.put(charge))
    succeed(desk, intent | {"_due": None}, amount)
    return desk.get("payment_intent", call.id)


@operation("POST", "/v1/payment_intents/{id}/cancel", PaymentIntentCancelParams)
def cancel(call: Call) -> Json:
    intent = call.desk.get("payment_intent", call.id, "intent")
    if intent["_session"] and call.desk.get("checkout.session", intent["_session"])["status"] == "open":
        message = "You cannot cancel the PaymentIntent of an open Checkout Session. Expire the Checkout Session instead."
        raise StripeRefusal(message, code="payment_intent_unexpected_state", kept=True, payment_intent=shown(intent))
    _demand_status(intent, "canceled", _CANCELABLE)
    return release(call.desk, intent, call.params.get("cancellation_reason"))


def release(desk: Desk, intent: Json, reason: str | None) -> Json:
    """Cancel an intent; what was held goes back to the buyer without having moved."""
    if intent["status"] == "requires_capture":
        charge = desk.get("charge", intent["latest_charge"])
        charge |= {"refunded": True, "amount_refunded": charge["amount"]}
        desk.emit("charge.refunded", desk.put(charge))
    if intent["status"] == "processing":
        desk.put(desk.get("charge", intent["latest_charge"]) | {"status": "failed"})
    intent |= {"status": "canceled", "amount_capturable": 0, "canceled_at": desk.now, "cancellation_reason": reason}
    intent |= {"_due": None, "next_action": None}
    desk.emit("payment_intent.canceled", desk.put(intent))
    return intent


def _demand_status(intent: Json, verb: str, allowed: tuple[str, ...]) -> None:
    if intent["status"] not in allowed:
        message = (
            f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}. Only a PaymentIntent"
            f" with one of the following statuses may be {verb}: {', '.join(allowed)}."
        )
        raise StripeRefusal(message, code="payment_intent_unexpected_state", kept=True, payment_intent=shown(intent))

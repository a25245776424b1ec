"""Checkout sessions. Source: https://docs.stripe.com/api/checkout/sessions"""

from __future__ import annotations

from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionListLineItemsParams,
    SessionListParams,
    SessionRetrieveParams,
    SessionUpdateParams,
)

from marketry_gateways.stripe import amounts
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json, StripeRefusal, missing
from marketry_gateways.stripe.intents import release
from marketry_gateways.stripe.items import currency_of, new_item
from marketry_gateways.stripe.lists import matching, page
from marketry_gateways.stripe.metadata import merged
from marketry_gateways.stripe.names import new_id
from marketry_gateways.stripe.operations import Call, operation

_LEAST, _MOST = 30 * 60, 24 * 3600
_NOT_MODELLED = """after_expiration automatic_tax custom_fields customer_account discounts invoice_creation managed_payments
    name_collection optional_items payment_method_configuration payment_method_data setup_intent_data shipping_options
    subscription_data tax_id_collection wallet_options""".split()
_ECHOED = """allowed_payment_method_types allow_promotion_codes billing_address_collection cancel_url client_reference_id
    consent_collection customer customer_creation customer_email excluded_payment_method_types integration_identifier locale
    origin_context phone_number_collection return_url shipping_address_collection submit_type success_url""".split()


@operation("POST", "/v1/checkout/sessions", SessionCreateParams)
def create(call: Call) -> Json:
    desk, params = call.desk, call.params
    _demand_modelled(params)
    items = [new_item(desk, item, number) for number, item in enumerate(params["line_items"])]
    currency, total = currency_of(items), sum(item["amount_total"] for item in items)
    amounts.demand_chargeable(total, currency, "line_items", subject="The Checkout Session's total amount due must add up to")
    if "customer" in params:
        desk.get("customer", params["customer"], "customer")
    name = new_id("cs_live" if desk.livemode else "cs_test", length=60)
    return desk.put(
        {
            "id": name,
            "object": "checkout.session",
            **{field: params.get(field) for field in _ECHOED},
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "client_secret": None,
            "created": desk.now,
            "currency": currency,
            "custom_fields": [],
            "custom_text": params.get("custom_text", {}),
            "customer_details": _details(desk, params),
            "expires_at": _expiry(desk, params.get("expires_at")),
            "livemode": desk.livemode,
            "metadata": merged({}, params.get("metadata")),
            "mode": "payment",
            "payment_intent": None,
            "payment_method_collection": "if_required",
            "payment_method_options": params.get("payment_method_options", {}),
            "payment_method_types": _types(desk, params, currency),
            "payment_status": "unpaid",
            "setup_intent": None,
            "shipping_options": [],
            "status": "open",
            "subscription": None,
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "url": f"{desk.world.url}/c/pay/{name}",
            "_due": _expiry(desk, params.get("expires_at")),
            "_line_items": items,
            "_intent_data": _intent_data(params),
        }
    )


def _demand_modelled(params: Json) -> None:
    if "mode" not in params:
        raise missing("mode")
    if params["mode"] != "payment" or params.get("ui_mode", "hosted_page") != "hosted_page":
        raise StripeRefusal("This twin models hosted pages in payment mode only.", param="mode")
    for name in _NOT_MODELLED:
        if name in params:
            raise StripeRefusal(f"This twin doesn't model `{name}`.", param=name)
    if not params.get("line_items"):
        raise StripeRefusal("The `line_items` parameter is required in payment mode.", param="line_items")
    if "success_url" not in params:
        raise missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise StripeRefusal("Not a valid URL", code="url_invalid", param=name)
    if "customer" in params and "customer_email" in params:
        raise StripeRefusal("You may only specify one of these parameters: customer, customer_email.")
    if len(params.get("client_reference_id", "")) > 200:
        raise StripeRefusal("Invalid string: must be at most 200 characters", param="client_reference_id")


def _expiry(desk: Desk, wanted: int | None) -> int:
    if wanted is None:
        return desk.now + _MOST
    if wanted < desk.now + _LEAST:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise StripeRefusal(message, param="expires_at")
    if wanted > desk.now + _MOST:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise StripeRefusal(message, param="expires_at")
    return wanted


def _types(desk: Desk, params: Json, currency: str) -> list[str]:
    """What the page offers: what goes with currency and capture, filtered by what the request allows and excludes."""
    manual = params.get("payment_intent_data", {}).get("capture_method") == "manual"
    eligible = ["card", "sepa_debit"] if currency == "eur" and not manual and not desk.livemode else ["card"]
    allowed, excluded = params.get("allowed_payment_method_types", eligible), params.get("excluded_payment_method_types", [])
    offered = [each for each in eligible if each in allowed and each not in excluded]
    if not offered:
        message = (
            "No valid payment method types for this Checkout Session. Please ensure that you have activated payment methods"
            f" compatible with your chosen currency in your dashboard. This twin offers {' and '.join(eligible)}."
        )
        raise StripeRefusal(message)
    return offered


def _intent_data(params: Json) -> Json:
    data: Json = params.get("payment_intent_data", {})
    for name in ("application_fee_amount", "on_behalf_of", "transfer_data"):
        if name in data:
            raise StripeRefusal(f"This twin doesn't model `{name}`.", param=f"payment_intent_data[{name}]")
    merged({}, data.get("metadata"))
    return data


def _details(desk: Desk, params: Json) -> Json | None:
    email = params.get("customer_email")
    if "customer" in params:
        email = desk.get("customer", params["customer"], "customer")["email"]
    return {"address": None, "email": email, "name": None, "phone": None, "tax_exempt": "none", "tax_ids": []} if email else None


@operation("POST", "/v1/checkout/sessions/{id}", SessionUpdateParams)
def update(call: Call) -> Json:
    for name in call.params:
        if name != "metadata":
            raise StripeRefusal(f"This twin doesn't model changing `{name}`.", param=name)
    session = call.desk.get("checkout.session", call.id, "session")
    return call.desk.put(session | {"metadata": merged(session["metadata"], call.params.get("metadata"))})


@operation("GET", "/v1/checkout/sessions/{id}", SessionRetrieveParams)
def retrieve(call: Call) -> Json:
    return call.desk.get("checkout.session", call.id, "session")


@operation("GET", "/v1/checkout/sessions", SessionListParams)
def list_all(call: Call) -> Json:
    found = matching(call.desk.all("checkout.session"), call.params, "payment_intent", "customer", "status")
    return page(found, call.params, "/v1/checkout/sessions")


@operation("GET", "/v1/checkout/sessions/{id}/line_items", SessionListLineItemsParams)
def line_items(call: Call) -> Json:
    session = call.desk.get("checkout.session", call.id, "session")
    return page(session["_line_items"], call.params, f"/v1/checkout/sessions/{call.id}/line_items")


@operation("POST", "/v1/checkout/sessions/{id}/expire", SessionExpireParams)
def expire(call: Call) -> Json:
    session = call.desk.get("checkout.session", call.id, "session")
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
            f" `{session['status']}`."
        )
        raise StripeRefusal(message, kept=True)
    return close(call.desk, session)


def close(desk: Desk, session: Json) -> Json:
    """The session is over without a payment; what it had begun is cancelled."""
    session |= {"status": "expired", "url": None, "_due": None}
    if session["payment_intent"]:
        release(desk, desk.get("payment_intent", session["payment_intent"]), "automatic")
    desk.emit("checkout.session.expired", desk.put(session))
    return session


def paid_session(desk: Desk, intent: Json) -> Json | None:
    """The session an intent belongs to, with payment_status brought up to the intent's."""
    if not intent["_session"]:
        return None
    session = desk.get("checkout.session", intent["_session"])
    session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    return desk.put(session)

"""Payment methods: cards and SEPA debits, free or attached to a customer. https://docs.stripe.com/api/payment_methods"""

from __future__ import annotations

from stripe.params import CustomerListPaymentMethodsParams as CustomerMethodsParams
from stripe.params import (
    PaymentMethodAttachParams,
    PaymentMethodCreateParams,
    PaymentMethodDetachParams,
    PaymentMethodListParams,
    PaymentMethodRetrieveParams,
)

from marketry_gateways.stripe.cards import CARDS, NAMED
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json, StripeRefusal, missing, no_such
from marketry_gateways.stripe.lists import matching, page
from marketry_gateways.stripe.metadata import merged
from marketry_gateways.stripe.names import new_id
from marketry_gateways.stripe.operations import Call, operation


def new_card(desk: Desk, number: str, billing: Json | None = None, *, month: int = 12, year: int = 2034) -> Json:
    """A card as a payment method, written. ``number`` is one of the test cards."""
    card = CARDS[number]
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    shape = {
        "brand": card.brand,
        "checks": checks,
        "country": card.country,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": f"twin{number[-8:]}",
        "funding": "credit",
        "last4": number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return desk.put(_new(desk, "card", shape, billing) | {"_number": number})


def new_debit(desk: Desk, iban: str, billing: Json | None = None) -> Json:
    """A SEPA debit as a payment method, written."""
    shape = {
        "bank_code": iban[4:9],
        "branch_code": "",
        "country": iban[:2],
        "fingerprint": f"twin{iban[-8:]}",
        "last4": iban[-4:],
    }
    return desk.put(_new(desk, "sepa_debit", shape, billing) | {"_iban": iban})


def _new(desk: Desk, type: str, shape: Json, billing: Json | None) -> Json:
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, **(billing or {})},
        "created": desk.now,
        "customer": None,
        "livemode": desk.livemode,
        "metadata": {},
        "type": type,
        type: shape,
        "_set_up": False,
    }


def usable(desk: Desk, id: str, customer: str | None, param: str = "payment_method") -> Json:
    """A method that a customer may be charged with. ``pm_card_visa`` and its like make a new one, in test mode only."""
    if id.startswith("pm_card_"):
        number = NAMED.get(id.removeprefix("pm_card_"))
        if number is None or desk.livemode:
            raise no_such("PaymentMethod", id, param, elsewhere="test" if number else None)
        return new_card(desk, number)
    method = desk.get("payment_method", id, param)
    if method["customer"] and method["customer"] != customer:
        message = (
            f"The customer does not have a payment method with the ID {id}. The payment method must be attached to the customer."
            if customer
            else f"The payment method {id} belongs to a Customer. Please include the Customer in the `customer` parameter."
        )
        raise StripeRefusal(message, param=param)
    return method


def attach_to(desk: Desk, method: Json, customer: str) -> Json:
    """Keep a method for a customer."""
    if method["customer"] not in (None, customer):
        raise StripeRefusal("The payment method you provided has already been attached to a customer.")
    desk.emit("payment_method.attached", desk.put(method | {"customer": customer}))
    return method | {"customer": customer}


@operation("POST", "/v1/payment_methods", PaymentMethodCreateParams)
def create(call: Call) -> Json:
    desk, params = call.desk, call.params
    if "type" not in params:
        raise missing("type")
    if params["type"] == "sepa_debit":
        if "sepa_debit" not in params:
            raise missing("sepa_debit[iban]")
        method = new_debit(desk, params["sepa_debit"]["iban"].replace(" ", ""), params.get("billing_details"))
    elif params["type"] == "card":
        method = new_card(desk, _number_of_token(params.get("card", {})), params.get("billing_details"))
    else:
        raise StripeRefusal(f'The payment method type "{params["type"]}" is not modelled by this twin.', param="type")
    return desk.put(method | {"metadata": merged({}, params.get("metadata"))})


def _number_of_token(card: Json) -> str:
    if "number" in card:
        message = (
            "Sending credit card numbers directly to the Stripe API is generally unsafe. To continue processing use Stripe.js,"
            " the Stripe mobile bindings, or Stripe Elements."
        )
        raise StripeRefusal(message, status=402, type="invalid_request_error")
    token = card.get("token", "")
    number = NAMED.get(token.removeprefix("tok_")) if token.startswith("tok_") else None
    if number is None:
        raise no_such("token", token, "card[token]") if token else missing("card[token]")
    return number


@operation("GET", "/v1/payment_methods/{id}", PaymentMethodRetrieveParams)
def retrieve(call: Call) -> Json:
    return call.desk.get("payment_method", call.id, "payment_method")


@operation("GET", "/v1/payment_methods", PaymentMethodListParams)
def list_all(call: Call) -> Json:
    attached = [each for each in call.desk.all("payment_method") if each["customer"]]
    return page(matching(attached, call.params, "customer", "type"), call.params, "/v1/payment_methods")


@operation("GET", "/v1/customers/{id}/payment_methods", CustomerMethodsParams)
def list_of_customer(call: Call) -> Json:
    call.desk.get("customer", call.id, "customer")
    found = [each for each in call.desk.all("payment_method") if each["customer"] == call.id]
    return page(matching(found, call.params, "type"), call.params, f"/v1/customers/{call.id}/payment_methods")


@operation("POST", "/v1/payment_methods/{id}/attach", PaymentMethodAttachParams)
def attach(call: Call) -> Json:
    if "customer" not in call.params:
        raise missing("customer")
    customer = call.desk.get("customer", call.params["customer"], "customer")["id"]
    return attach_to(call.desk, usable(call.desk, call.id, customer), customer)


@operation("POST", "/v1/payment_methods/{id}/detach", PaymentMethodDetachParams)
def detach(call: Call) -> Json:
    method = call.desk.get("payment_method", call.id, "payment_method")
    if not method["customer"]:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise StripeRefusal(message)
    previous = {"customer": method["customer"]}
    call.desk.emit("payment_method.detached", call.desk.put(method | {"customer": None}), previous)
    return method | {"customer": None}

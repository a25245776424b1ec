"""Charges, for reading: payment intents make them. Source: https://docs.stripe.com/api/charges"""

from __future__ import annotations

from stripe.params import ChargeListParams, ChargeListRefundsParams, ChargeRetrieveParams

from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.lists import matching, page
from marketry_gateways.stripe.operations import Call, operation


@operation("GET", "/v1/charges/{id}", ChargeRetrieveParams)
def retrieve(call: Call) -> Json:
    return call.desk.get("charge", call.id, "charge")


@operation("GET", "/v1/charges", ChargeListParams)
def list_all(call: Call) -> Json:
    return page(matching(call.desk.all("charge"), call.params, "payment_intent", "customer"), call.params, "/v1/charges")


@operation("GET", "/v1/charges/{id}/refunds", ChargeListRefundsParams)
def list_refunds(call: Call) -> Json:
    call.desk.get("charge", call.id, "charge")
    found = [each for each in call.desk.all("refund") if each["charge"] == call.id]
    return page(found, call.params, f"/v1/charges/{call.id}/refunds")

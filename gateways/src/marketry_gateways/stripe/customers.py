"""Customers. Source: https://docs.stripe.com/api/customers"""

from __future__ import annotations

from stripe.params import (
    CustomerCreateParams,
    CustomerDeleteParams,
    CustomerListParams,
    CustomerRetrieveParams,
    CustomerUpdateParams,
)

from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.lists import matching, page
from marketry_gateways.stripe.metadata import merged
from marketry_gateways.stripe.names import new_id
from marketry_gateways.stripe.operations import Call, operation

_KNOWN = ("address", "description", "email", "name", "phone", "shipping", "preferred_locales")


def new_customer(desk: Desk, wishes: Json) -> Json:
    """A customer, written and told."""
    body = {
        "id": new_id("cus", length=14),
        "object": "customer",
        **{name: wishes.get(name) or None for name in _KNOWN},
        "balance": 0,
        "created": desk.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "livemode": desk.livemode,
        "metadata": merged({}, wishes.get("metadata")),
        "invoice_settings": {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None},
    }
    desk.emit("customer.created", desk.put(body))
    return body


@operation("POST", "/v1/customers", CustomerCreateParams)
def create(call: Call) -> Json:
    return new_customer(call.desk, call.params)


@operation("GET", "/v1/customers/{id}", CustomerRetrieveParams)
def retrieve(call: Call) -> Json:
    return call.desk.get("customer", call.id)


@operation("GET", "/v1/customers", CustomerListParams)
def list_all(call: Call) -> Json:
    found = [each for each in call.desk.all("customer") if not each.get("deleted")]
    return page(matching(found, call.params, "email"), call.params, "/v1/customers")


@operation("POST", "/v1/customers/{id}", CustomerUpdateParams)
def update(call: Call) -> Json:
    body = call.desk.get("customer", call.id)
    body |= {name: call.params[name] or None for name in _KNOWN if name in call.params}
    body["metadata"] = merged(body["metadata"], call.params.get("metadata"))
    call.desk.emit("customer.updated", call.desk.put(body))
    return body


@operation("DELETE", "/v1/customers/{id}", CustomerDeleteParams)
def delete(call: Call) -> Json:
    call.desk.get("customer", call.id)
    for method in call.desk.all("payment_method"):
        if method["customer"] == call.id:
            call.desk.put(method | {"customer": None})
    gone = {"id": call.id, "object": "customer", "deleted": True}
    call.desk.emit("customer.deleted", call.desk.put(gone))
    return gone

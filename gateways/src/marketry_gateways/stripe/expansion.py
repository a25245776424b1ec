"""``expand[]``: ids replaced by the objects they name. Source: https://docs.stripe.com/expand"""

from __future__ import annotations

from typing import Any

from marketry_gateways.stripe.desk import Desk, shown
from marketry_gateways.stripe.errors import Json, StripeRefusal
from marketry_gateways.stripe.lists import page

_EXPANDABLE = frozenset(
    """balance_transaction charge customer destination failure_balance_transaction latest_charge line_items
    payment_intent payment_method refunds source""".split()
)
_DEEPEST = 4


def expand(desk: Desk, body: Json, paths: list[str]) -> Json:
    """The body with every path opened. Raises StripeRefusal for what can't be."""
    for path in paths:
        if path.count(".") >= _DEEPEST:
            raise StripeRefusal(f"You cannot expand more than {_DEEPEST} levels of a property ({path}).", param="expand")
        _open(desk, body, path.split("."), path)
    return body


def _open(desk: Desk, body: Any, steps: list[str], path: str) -> None:
    if isinstance(body, list):
        for each in body:
            _open(desk, each, steps, path)
        return
    if not steps or not isinstance(body, dict):
        return
    name, *rest = steps
    if name in _EXPANDABLE:
        _replace(desk, body, name, path)
    elif name not in body or not isinstance(body[name], dict | list):
        raise StripeRefusal(f"This property cannot be expanded ({path}).", param="expand[0]")
    _open(desk, body.get(name), rest, path)


def _replace(desk: Desk, body: Json, name: str, path: str) -> None:
    if name == "line_items" and body["object"] == "checkout.session":
        stored = desk.get("checkout.session", body["id"])
        body[name] = page(stored["_line_items"], {}, f"/v1/checkout/sessions/{body['id']}/line_items")
    elif name == "refunds" and body["object"] == "charge":
        refunds = [each for each in desk.all("refund") if each["charge"] == body["id"]]
        body[name] = page(refunds, {}, f"/v1/charges/{body['id']}/refunds")
    elif name not in body:
        raise StripeRefusal(f"This property cannot be expanded ({path}).", param="expand[0]")
    elif isinstance(body[name], str):
        found = desk.world.book.find(body[name])
        body[name] = shown(found[0]) if found else body[name]

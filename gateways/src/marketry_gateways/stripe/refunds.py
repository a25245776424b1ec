"""Refunds. Source: https://docs.stripe.com/api/refunds and https://docs.stripe.com/refunds"""

from __future__ import annotations

from stripe.params import RefundCancelParams, RefundCreateParams, RefundListParams, RefundRetrieveParams, RefundUpdateParams

from marketry_gateways.stripe import amounts, ledger
from marketry_gateways.stripe.cards import CARDS
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json, StripeRefusal
from marketry_gateways.stripe.lists import matching, page
from marketry_gateways.stripe.metadata import merged
from marketry_gateways.stripe.names import new_id
from marketry_gateways.stripe.operations import Call, operation


@operation("POST", "/v1/refunds", RefundCreateParams)
def create(call: Call) -> Json:
    desk, params = call.desk, call.params
    charge = _charge_of(desk, params)
    amount = _demand_refundable(charge, params.get("amount"))
    first, last = _course(desk, charge)
    refund = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": desk.now,
        "currency": charge["currency"],
        "destination_details": {"type": "card", "card": {"type": "refund", "reference_status": "pending"}},
        "metadata": merged({}, params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "status": first,
        "_ends_as": None if first == last else last,
        "_due": None if first == last else desk.now + desk.world.settle_after,
    }
    if first == "pending":
        refund["pending_reason"] = "processing"
    refund["balance_transaction"] = ledger.given_back(desk, charge, refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    desk.put(charge)
    desk.emit("refund.created", desk.put(refund))
    desk.emit("charge.refunded", charge)
    return refund


def _charge_of(desk: Desk, params: Json) -> Json:
    if "charge" in params:
        return desk.get("charge", params["charge"], "charge")
    if "payment_intent" not in params:
        raise StripeRefusal("One of the following params should be provided for this request: payment_intent or charge.")
    intent = desk.get("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise StripeRefusal(message, code="payment_intent_unexpected_state", param="payment_intent", kept=True)
    return desk.get("charge", intent["latest_charge"])


def _demand_refundable(charge: Json, wanted: int | None) -> int:
    left = charge["amount_captured"] - charge["amount_refunded"]
    if not charge["captured"]:
        raise StripeRefusal(
            f"Charge {charge['id']} has not been captured; there is nothing to refund.", param="charge", kept=True
        )
    if charge["disputed"]:
        raise StripeRefusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed", kept=True
        )
    if left == 0:
        raise StripeRefusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", kept=True)
    if wanted is None:
        return int(left)
    if wanted < 1:
        raise StripeRefusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    amounts.demand_shape(wanted, charge["currency"], "amount")
    if wanted > left:
        said = [amounts.words(each, charge["currency"]) for each in (wanted, left)]
        message = f"Refund amount ({said[0]}) is greater than unrefunded amount on charge ({said[1]})"
        raise StripeRefusal(message, param="amount", kept=True)
    return wanted


def _course(desk: Desk, charge: Json) -> tuple[str, str]:
    """How a refund starts and ends: as planned by control, else by the test card, else at once."""
    if desk.world.refund_plans:
        return desk.world.refund_plans.pop(0)
    method = desk.get("payment_method", charge["payment_method"])
    if method["type"] == "sepa_debit":
        return "pending", "succeeded"
    end = CARDS[method["_number"]].refund_end
    return {None: ("succeeded", "succeeded"), "failed": ("succeeded", "failed"), "succeeded": ("pending", "succeeded")}[end]


def end_refund(desk: Desk, refund: Json) -> None:
    """What was under way comes to its end; a failed refund's money is back in the balance."""
    last = refund["_ends_as"]
    refund |= {"status": last, "_ends_as": None, "_due": None}
    refund.pop("pending_reason", None)
    if last in ("failed", "canceled"):
        charge = desk.get("charge", refund["charge"])
        refund["failure_balance_transaction"] = ledger.came_back(desk, charge, refund)
        refund["failure_reason"] = "expired_or_canceled_card" if last == "failed" else "merchant_request"
        charge["amount_refunded"] -= refund["amount"]
        desk.put(charge | {"refunded": False})
    desk.put(refund)
    if last == "failed":
        desk.emit("refund.failed", refund)
    desk.emit("refund.updated", refund)
    desk.emit("charge.refund.updated", refund)


@operation("GET", "/v1/refunds/{id}", RefundRetrieveParams)
def retrieve(call: Call) -> Json:
    return call.desk.get("refund", call.id, "refund")


@operation("GET", "/v1/refunds", RefundListParams)
def list_all(call: Call) -> Json:
    return page(matching(call.desk.all("refund"), call.params, "charge", "payment_intent"), call.params, "/v1/refunds")


@operation("POST", "/v1/refunds/{id}", RefundUpdateParams)
def update(call: Call) -> Json:
    refund = call.desk.get("refund", call.id, "refund")
    refund["metadata"] = merged(refund["metadata"], call.params.get("metadata"))
    call.desk.emit("refund.updated", call.desk.put(refund))
    return refund


@operation("POST", "/v1/refunds/{id}/cancel", RefundCancelParams)
def cancel(call: Call) -> Json:
    refund = call.desk.get("refund", call.id, "refund")
    if refund["status"] not in ("pending", "requires_action"):
        raise StripeRefusal(f"You cannot cancel this refund because it has a status of {refund['status']}.", kept=True)
    end_refund(call.desk, refund | {"_ends_as": "canceled"})
    return call.desk.get("refund", call.id)

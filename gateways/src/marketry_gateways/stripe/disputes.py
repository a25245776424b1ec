"""Disputes: opened by a card or by control, answered by the bank. Source: https://docs.stripe.com/disputes/how-disputes-work"""

from __future__ import annotations

from stripe.params import DisputeListParams, DisputeRetrieveParams

from marketry_gateways.stripe import ledger
from marketry_gateways.stripe.cards import CARDS, Card
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.lists import matching, page
from marketry_gateways.stripe.names import new_id
from marketry_gateways.stripe.operations import Call, operation

_EVIDENCE_DAYS = 9


def open_dispute(desk: Desk, charge: Json, reason: str, *, amount: int | None = None, inquiry: bool = False) -> Json:
    """The cardholder's bank objects. Unless it only inquires, the money goes at once."""
    amount = amount or charge["amount_captured"] - charge["amount_refunded"]
    status = "warning_needs_response" if inquiry else "needs_response"
    due = desk.now + _EVIDENCE_DAYS * 24 * 3600
    dispute: Json = {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": desk.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {"due_by": due, "has_evidence": False, "past_due": False, "submission_count": 0},
        "is_charge_refundable": inquiry,
        "livemode": desk.livemode,
        "metadata": {},
        "network_reason_code": "83",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "type": "card",
            "card": {"brand": "visa", "case_type": "inquiry" if inquiry else "chargeback"},
        },
        "reason": reason,
        "status": status,
    }
    if inquiry:
        desk.emit("charge.dispute.created", desk.put(dispute))
        return dispute
    desk.put(charge | {"disputed": True})
    dispute["balance_transactions"] = [ledger.withheld(desk, charge, dispute)]
    desk.emit("charge.dispute.created", desk.put(dispute))
    desk.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def disputed_as(desk: Desk, charge: Json) -> Card | None:
    """The test card a charge was made with, if it is one whose holder objects."""
    method = desk.get("payment_method", charge["payment_method"])
    card = CARDS[method["_number"]] if method["type"] == "card" else Card()
    return card if card.dispute else None


def close_dispute(desk: Desk, dispute: Json, *, won: bool) -> Json:
    """The bank decides; a won dispute's money comes back."""
    inquiry = dispute["status"].startswith("warning_")
    previous = {"status": dispute["status"]}
    dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    if won and not inquiry:
        charge = desk.get("charge", dispute["charge"])
        dispute["balance_transactions"].append(ledger.reinstated(desk, charge, dispute))
    desk.put(dispute)
    if won and not inquiry:
        desk.emit("charge.dispute.funds_reinstated", dispute)
    desk.emit("charge.dispute.closed", dispute, previous)
    return dispute


def review_dispute(desk: Desk, dispute: Json) -> Json:
    """Evidence went to the bank."""
    previous = {"status": dispute["status"]}
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_under_review" if inquiry else "under_review"
    desk.emit("charge.dispute.updated", desk.put(dispute), previous)
    return dispute


@operation("GET", "/v1/disputes/{id}", DisputeRetrieveParams)
def retrieve(call: Call) -> Json:
    return call.desk.get("dispute", call.id, "dispute")


@operation("GET", "/v1/disputes", DisputeListParams)
def list_all(call: Call) -> Json:
    return page(matching(call.desk.all("dispute"), call.params, "charge", "payment_intent"), call.params, "/v1/disputes")

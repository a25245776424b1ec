"""Movements of money: an entry in the book (debit and credit) and the balance transaction the API shows.

Accounts of the book: ``buyers`` (the world's cards and banks), ``balance`` (what Stripe owes the merchant), ``fees``,
``disputes`` (withheld for disputes) and ``bank`` (paid out). An amount moves from the credited to the debited account.
"""

from __future__ import annotations

from marketry_gateways.stripe.amounts import places
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.names import new_id

DISPUTE_FEE = 1500
_AVAILABLE_AFTER = 2 * 24 * 3600


def fee_of(amount: int, currency: str) -> int:
    """2.9 % and 30 of the smallest units of a two-decimal currency; a made-up price list that is never zero."""
    return (amount * 29 + 500) // 1000 + (30 if places(currency) == 2 else 0)


def collected(desk: Desk, charge: Json, amount: int) -> str:
    """A charge's money arrives; the fee is withheld. Returns the balance transaction's id."""
    fee = fee_of(amount, charge["currency"])
    _enter(desk, "balance", "buyers", amount, charge, "charge", charge["id"])
    _enter(desk, "fees", "balance", fee, charge, "fee", charge["id"])
    return _transaction(desk, charge, "charge", amount, fee, charge["id"])


def given_back(desk: Desk, charge: Json, refund: Json) -> str:
    """A refund leaves; fees stay with Stripe."""
    _enter(desk, "buyers", "balance", refund["amount"], charge, "refund", refund["id"])
    return _transaction(desk, charge, "refund", -refund["amount"], 0, refund["id"])


def came_back(desk: Desk, charge: Json, refund: Json) -> str:
    """A refund that failed or was cancelled returns to the balance."""
    _enter(desk, "balance", "buyers", refund["amount"], charge, "refund_failure", refund["id"])
    return _transaction(desk, charge, "refund_failure", refund["amount"], 0, refund["id"])


def withheld(desk: Desk, charge: Json, dispute: Json) -> Json:
    """A dispute takes its amount and a fee."""
    fee = DISPUTE_FEE if places(charge["currency"]) == 2 else fee_of(dispute["amount"], charge["currency"])
    _enter(desk, "disputes", "balance", dispute["amount"], charge, "dispute", dispute["id"])
    _enter(desk, "fees", "balance", fee, charge, "dispute_fee", dispute["id"])
    made = _transaction(desk, charge, "adjustment", -dispute["amount"], fee, dispute["id"], category="dispute")
    return desk.get("balance_transaction", made)


def reinstated(desk: Desk, charge: Json, dispute: Json) -> Json:
    """A won dispute's amount returns; the fee doesn't."""
    _enter(desk, "balance", "disputes", dispute["amount"], charge, "dispute_reversal", dispute["id"])
    made = _transaction(desk, charge, "adjustment", dispute["amount"], 0, dispute["id"], category="dispute_reversal")
    return desk.get("balance_transaction", made)


def paid_out(desk: Desk, payout: Json) -> str:
    """The balance goes to the bank."""
    subject = {"currency": payout["currency"], "payment_intent": None}
    _enter(desk, "bank", "balance", payout["amount"], subject, "payout", payout["id"])
    return _transaction(desk, subject, "payout", -payout["amount"], 0, payout["id"])


def _enter(desk: Desk, debit: str, credit: str, amount: int, subject: Json, why: str, source: str) -> None:
    if amount:
        names = {"debit": debit, "credit": credit, "amount": amount, "currency": subject["currency"], "why": why}
        place = {"account": desk.account, "livemode": desk.livemode, "at": desk.now, "source": source}
        desk.world.book.enter({**names, **place, "payment_intent": subject["payment_intent"]})


def _transaction(desk: Desk, subject: Json, type: str, amount: int, fee: int, source: str, *, category: str = "") -> str:
    detail = {"amount": fee, "application": None, "currency": subject["currency"], "type": "stripe_fee"}
    body = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": desk.now + (_AVAILABLE_AFTER if type == "charge" else 0),
        "balance_type": "payments",
        "created": desk.now,
        "currency": subject["currency"],
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [detail] if fee else [],
        "net": amount - fee,
        "reporting_category": category or type,
        "source": source,
        "type": type,
        "_payout": None,
    }
    desk.put(body)
    return str(body["id"])

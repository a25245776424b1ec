"""The book as JSON, for comparison with a shop's ledger."""

from __future__ import annotations

from collections import Counter

from marketry_gateways.stripe.book import Book
from marketry_gateways.stripe.errors import Json


def statement(book: Book) -> Json:
    """Payments (one per payment intent, oldest first), entries, and what each account of the book holds."""
    return {
        "payments": [_payment(book, intent) for intent in reversed(book.all("payment_intent"))],
        "entries": book.entries(),
        "accounts": _accounts(book.entries()),
    }


def _payment(book: Book, intent: Json) -> Json:
    charge = _one(book, intent["latest_charge"])
    session = _one(book, intent["_session"])
    refunds = [each for each in reversed(book.all("refund")) if each["payment_intent"] == intent["id"]]
    disputes = [each for each in reversed(book.all("dispute")) if each["payment_intent"] == intent["id"]]
    given_back = sum(each["amount"] for each in refunds if each["status"] in ("succeeded", "pending"))
    return {
        "payment_intent": intent["id"],
        "checkout_session": session.get("id"),
        "client_reference_id": session.get("client_reference_id"),
        "livemode": intent["livemode"],
        "currency": intent["currency"],
        "amount": intent["amount"],
        "status": intent["status"],
        "metadata": intent["metadata"],
        "session_metadata": session.get("metadata", {}),
        "authorised": intent["amount_capturable"],
        "captured": charge.get("amount_captured", 0),
        "refunded": given_back,
        "refunds": [{name: each[name] for name in ("id", "amount", "status", "metadata")} for each in refunds],
        "disputed": sum(each["amount"] for each in disputes if each["status"] in ("needs_response", "under_review", "lost")),
        "disputes": [{name: each[name] for name in ("id", "amount", "status", "reason")} for each in disputes],
    }


def _one(book: Book, id: str | None) -> Json:
    found = book.find(id) if id else None
    return found[0] if found else {}


def _accounts(entries: list[Json]) -> Json:
    """Account → currency → amount; across accounts every currency sums to nothing."""
    sums: dict[str, Counter[str]] = {}
    for entry in entries:
        sums.setdefault(entry["debit"], Counter())[entry["currency"]] += entry["amount"]
        sums.setdefault(entry["credit"], Counter())[entry["currency"]] -= entry["amount"]
    return {account: dict(amounts) for account, amounts in sums.items()}

"""Stripe's own book: its balance transactions, each with the charge or refund that it moved.

A balance transaction counts in the currency of the payouts; what the buyer paid stands on its source. Charges without our mark
were made by other hands on the same account and aren't ours to compare. Refunds that are under way or have failed are no
movement yet, or none any more. Source: https://docs.stripe.com/api/balance_transactions/object,
https://docs.stripe.com/reports/balance-transaction-types.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from stripe import StripeClient

from marketry.commerce.money import Money
from marketry.commerce.payment import Settled, TransactionKind
from marketry_payments_stripe.amounts import money_of

PAID, GIVEN_BACK = ("charge", "payment"), ("refund", "payment_refund")


def between(client: StripeClient, since: datetime, until: datetime) -> Sequence[Settled]:
    """What came and went from `since` to before `until`."""
    created = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    asked: Any = {"created": created, "limit": 100, "expand": ["data.source"]}
    listed = client.v1.balance_transactions.list(asked).auto_paging_iter()
    return list(settled((row.to_dict() for row in listed), lambda name: client.v1.charges.retrieve(name).to_dict()))


def settled(rows: Iterable[Mapping[str, Any]], charge_named: Callable[[str], Mapping[str, Any]]) -> Iterator[Settled]:
    """`charge_named` is asked for refunds that don't say that we made them: staff may, on Stripe's own pages."""
    for row in rows:
        source = row.get("source")
        if not isinstance(source, Mapping):
            continue
        at, fee = datetime.fromtimestamp(row["created"], UTC), _fee(row)
        if row["type"] in PAID and _ours(source):
            paid = money_of(source["amount_captured"], source["currency"])
            yield Settled(str(source["payment_intent"]), TransactionKind.CAPTURE, paid, at, fee)
        elif row["type"] in GIVEN_BACK and source.get("status") == "succeeded" and _ours_back(source, charge_named):
            back = money_of(source["amount"], source["currency"])
            yield Settled(str(source["id"]), TransactionKind.REFUND, back, at, fee)


def _fee(row: Mapping[str, Any]) -> Money | None:
    return money_of(row["fee"], row["currency"]) if row.get("fee") else None


def _ours(charge: Mapping[str, Any]) -> bool:
    return bool((charge.get("metadata") or {}).get("attempt"))


def _ours_back(refund: Mapping[str, Any], charge_named: Callable[[str], Mapping[str, Any]]) -> bool:
    return bool((refund.get("metadata") or {}).get("operation")) or _ours(charge_named(str(refund["charge"])))

"""The merchant's account: balance, balance transactions, payouts, events. Source: https://docs.stripe.com/api/balance"""

from __future__ import annotations

from collections import defaultdict

from stripe.params import (
    AccountRetrieveCurrentParams,
    BalanceRetrieveParams,
    BalanceTransactionListParams,
    BalanceTransactionRetrieveParams,
    EventListParams,
    EventRetrieveParams,
    PayoutCreateParams,
    PayoutListParams,
    PayoutRetrieveParams,
)

from marketry_gateways.stripe import amounts, ledger
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json, StripeRefusal
from marketry_gateways.stripe.lists import matching, page
from marketry_gateways.stripe.metadata import merged
from marketry_gateways.stripe.names import new_id
from marketry_gateways.stripe.operations import Call, operation


@operation("GET", "/v1/account", AccountRetrieveCurrentParams)
def account(call: Call) -> Json:
    return {
        "id": call.desk.account,
        "object": "account",
        "business_profile": {"name": "Sandbox of the Stripe twin", "url": None},
        "business_type": "company",
        "capabilities": {"card_payments": "active", "sepa_debit_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "DE",
        "default_currency": "eur",
        "details_submitted": True,
        "email": "merchant@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": "Sandbox", "timezone": "Etc/UTC"}},
        "type": "standard",
    }


def _sums(desk: Desk) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    """Currency → (available, pending), each by kind of source."""
    sums: dict[str, tuple[dict[str, int], dict[str, int]]] = defaultdict(lambda: (defaultdict(int), defaultdict(int)))
    for each in desk.all("balance_transaction"):
        sums[each["currency"]][each["available_on"] > desk.now]["card"] += each["net"]
    return sums


@operation("GET", "/v1/balance", BalanceRetrieveParams)
def balance(call: Call) -> Json:
    sums = sorted(_sums(call.desk).items())
    kinds = {
        name: [
            {"amount": sum(parts[place].values()), "currency": currency, "source_types": dict(parts[place])}
            for currency, parts in sums
        ]
        for place, name in enumerate(("available", "pending"))
    }
    return {"object": "balance", **kinds, "livemode": call.desk.livemode}


@operation("GET", "/v1/balance_transactions", BalanceTransactionListParams)
def transactions(call: Call) -> Json:
    found = [_with_status(call.desk, each) for each in call.desk.all("balance_transaction")]
    if "payout" in call.params:
        found = [each for each in found if each["_payout"] == call.params["payout"]]
    return page(matching(found, call.params, "currency", "source", "type"), call.params, "/v1/balance_transactions")


@operation("GET", "/v1/balance_transactions/{id}", BalanceTransactionRetrieveParams)
def transaction(call: Call) -> Json:
    return _with_status(call.desk, call.desk.get("balance_transaction", call.id))


def _with_status(desk: Desk, body: Json) -> Json:
    return body | {"status": "pending" if body["available_on"] > desk.now else "available"}


@operation("POST", "/v1/payouts", PayoutCreateParams)
def create_payout(call: Call) -> Json:
    currency = amounts.demand_currency(call.params["currency"], "currency")
    available = sum(_sums(call.desk)[currency][0].values())
    if call.params["amount"] > available:
        message = "You have insufficient funds in your Stripe account for this transfer."
        raise StripeRefusal(message, code="balance_insufficient", param="amount")
    return _pay_out(call.desk, call.params["amount"], currency, automatic=False, metadata=merged({}, call.params.get("metadata")))


def pay_out_available(desk: Desk) -> list[Json]:
    """Automatic payouts of what is available, one per currency, each naming the transactions it covers."""
    made = []
    for currency in sorted(_sums(desk)):
        covered = [
            each
            for each in desk.all("balance_transaction")
            if each["currency"] == currency and each["available_on"] <= desk.now and not each["_payout"]
        ]
        total = sum(each["net"] for each in covered)
        if total > 0:
            payout = _pay_out(desk, total, currency, automatic=True, metadata={})
            for each in covered:
                desk.put(each | {"_payout": payout["id"]})
            made.append(payout)
    return made


def _pay_out(desk: Desk, amount: int, currency: str, *, automatic: bool, metadata: Json) -> Json:
    payout: Json = {
        "id": new_id("po"),
        "object": "payout",
        "amount": amount,
        "arrival_date": desk.now,
        "automatic": automatic,
        "created": desk.now,
        "currency": currency,
        "description": None,
        "destination": "ba_twin",
        "failure_code": None,
        "livemode": desk.livemode,
        "metadata": metadata,
        "method": "standard",
        "reconciliation_status": "completed" if automatic else "not_applicable",
        "source_type": "card",
        "status": "paid",
        "type": "bank_account",
    }
    payout["balance_transaction"] = ledger.paid_out(desk, payout)
    own = desk.get("balance_transaction", payout["balance_transaction"])
    desk.put(own | {"_payout": payout["id"] if automatic else None})
    desk.emit("payout.created", desk.put(payout))
    desk.emit("payout.paid", payout)
    return payout


@operation("GET", "/v1/payouts", PayoutListParams)
def payouts(call: Call) -> Json:
    return page(matching(call.desk.all("payout"), call.params, "status"), call.params, "/v1/payouts")


@operation("GET", "/v1/payouts/{id}", PayoutRetrieveParams)
def payout(call: Call) -> Json:
    return call.desk.get("payout", call.id, "payout")


@operation("GET", "/v1/events", EventListParams)
def events(call: Call) -> Json:
    types = call.params.get("types")
    found = [each for each in call.desk.all("event") if types is None or each["type"] in types]
    return page(matching(found, call.params, "type"), call.params, "/v1/events")


@operation("GET", "/v1/events/{id}", EventRetrieveParams)
def event(call: Call) -> Json:
    return call.desk.get("event", call.id)

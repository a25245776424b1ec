"""Money going back, by the merchant's will or the cardholder's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from gateways.tests.stripe.buyer import Buyer, paid
from gateways.tests.stripe.shop import Shop
from marketry_gateways.stripe import StripeTwin


def test_partial_refunds_add_up_and_not_a_cent_more_goes_back(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop
) -> None:
    intent = paid(client, buyer, amount=1000)
    for amount in (333, 333, 334):
        assert client.v1.refunds.create({"payment_intent": intent, "amount": amount}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="has already been refunded") as refused:
        client.v1.refunds.create({"payment_intent": intent, "amount": 1})
    assert refused.value.code == "charge_already_refunded"
    (payment,) = twin.statement()["payments"]
    assert ([refund["amount"] for refund in payment["refunds"]], payment["refunded"]) == ([333, 333, 334], 1000)
    (charge,) = client.v1.charges.list({"payment_intent": intent, "expand": ["data.refunds"]}).data
    assert (charge.refunded, charge.amount_refunded, len(charge.refunds.data)) == (True, 1000, 3)  # type: ignore[union-attr]
    assert twin.quiet()
    assert shop.types[-2:] == ["refund.created", "charge.refunded"]


def test_more_than_is_left_is_refused_and_changes_nothing(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    intent = paid(client, buyer, amount=1000)
    client.v1.refunds.create({"payment_intent": intent, "amount": 700})
    words = r"Refund amount \(4.00 EUR\) is greater than unrefunded amount on charge \(3.00 EUR\)"
    with pytest.raises(stripe.InvalidRequestError, match=words):
        client.v1.refunds.create({"payment_intent": intent, "amount": 400})
    assert twin.statement()["payments"][0]["refunded"] == 700


def test_what_was_never_paid_cannot_be_refunded(client: stripe.StripeClient, buyer: Buyer) -> None:
    intent = client.v1.payment_intents.create({"amount": 500, "currency": "eur"})
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge to refund"):
        client.v1.refunds.create({"payment_intent": intent.id})


@pytest.mark.parametrize(
    ("number", "first", "last", "refunded"),
    [("4000000000005126", "succeeded", "failed", 0), ("4000000000007726", "pending", "succeeded", 1000)],
)
def test_test_cards_decide_how_a_refund_ends(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop, number: str, first: str, last: str, refunded: int
) -> None:
    refund = client.v1.refunds.create({"payment_intent": paid(client, buyer, number, amount=1000)})
    assert refund.status == first
    twin.advance(181)
    assert client.v1.refunds.retrieve(refund.id).status == last
    assert twin.statement()["payments"][0]["refunded"] == refunded
    assert twin.quiet()
    assert ("refund.failed" in shop.types, "refund.updated" in shop.types) == (last == "failed", True)


def test_a_refund_can_be_planned_to_be_pending_and_then_fail(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    twin.plan_refund("pending", "failed")
    intent = paid(client, buyer, amount=1000)
    refund = client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "pending"
    twin.advance(181)
    failed = client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert twin.statement()["accounts"]["buyers"] == {"eur": -1000}
    assert client.v1.refunds.create({"payment_intent": intent}).status == "succeeded"


def test_only_a_pending_refund_can_be_cancelled(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    twin.plan_refund("pending", "succeeded")
    intent = paid(client, buyer, amount=1000)
    first = client.v1.refunds.create({"payment_intent": intent, "amount": 400})
    assert client.v1.refunds.cancel(first.id).status == "canceled"
    second = client.v1.refunds.create({"payment_intent": intent, "amount": 400})
    with pytest.raises(stripe.InvalidRequestError, match="because it has a status of succeeded"):
        client.v1.refunds.cancel(second.id)
    assert twin.statement()["payments"][0]["refunded"] == 400


@pytest.mark.parametrize(("won", "status", "left"), [(True, "won", 1000 - 59 - 1500), (False, "lost", -59 - 1500)])
def test_a_dispute_withholds_the_money_until_the_bank_decides(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop, won: bool, status: str, left: int
) -> None:
    intent = paid(client, buyer, amount=1000)
    dispute = twin.dispute(intent)["id"]
    assert twin.statement()["accounts"]["disputes"] == {"eur": 1000}
    with pytest.raises(stripe.InvalidRequestError, match="has been charged back") as refused:
        client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_disputed"
    twin.review_dispute(dispute)
    (twin.win_dispute if won else twin.lose_dispute)(dispute)
    assert client.v1.disputes.retrieve(dispute).status == status
    with pytest.raises(ValueError, match=f"has a status of {status}"):
        twin.win_dispute(dispute)
    assert twin.statement()["accounts"]["balance"] == {"eur": left}
    assert twin.quiet()
    told = [each.removeprefix("charge.dispute.") for each in shop.types if "dispute" in each]
    assert told == ["created", "funds_withdrawn", "updated", *(["funds_reinstated"] if won else []), "closed"]


@pytest.mark.parametrize(
    ("number", "reason", "status", "withheld"),
    [
        ("4000000000000259", "fraudulent", "needs_response", 1000),
        ("4000000000002685", "product_not_received", "needs_response", 1000),
        ("4000000000001976", "fraudulent", "warning_needs_response", 0),
    ],
)
def test_some_cards_holders_object_right_after_paying(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, number: str, reason: str, status: str, withheld: int
) -> None:
    intent = paid(client, buyer, number, amount=1000)
    (dispute,) = client.v1.disputes.list({"payment_intent": intent}).data
    assert (dispute.reason, dispute.status, dispute.amount) == (reason, status, 1000)
    assert twin.statement()["payments"][0]["disputed"] == withheld


def test_the_book_balances_and_payouts_name_what_they_cover(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    intent = paid(client, buyer, amount=10000)
    client.v1.refunds.create({"payment_intent": intent, "amount": 2500})
    assert twin.pay_out() == []
    twin.advance(3 * 24 * 3600)
    (payout,) = twin.pay_out()
    assert payout["amount"] == 10000 - 320 - 2500
    covered = client.v1.balance_transactions.list({"payout": payout["id"]}).data
    assert sorted((each.type, each.net) for each in covered) == [("charge", 9680), ("payout", -7180), ("refund", -2500)]
    assert client.v1.balance.retrieve().available[0].amount == 0
    accounts = twin.statement()["accounts"]
    assert accounts == {"buyers": {"eur": -7500}, "balance": {"eur": 0}, "fees": {"eur": 320}, "bank": {"eur": 7180}}
    assert sum(amounts["eur"] for amounts in accounts.values()) == 0


def test_two_refunds_of_everything_at_once_give_it_back_once(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    intent = paid(client, buyer, amount=1000)

    def refund(_: int) -> str:
        try:
            return str(client.v1.refunds.create({"payment_intent": intent}).status)
        except stripe.InvalidRequestError as error:
            return str(error.code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(refund, range(4))) == [*["charge_already_refunded"] * 3, "succeeded"]
    assert twin.statement()["payments"][0]["refunded"] == 1000

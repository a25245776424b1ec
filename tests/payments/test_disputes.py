"""The buyer's bank asks for money back: the ledger, the order and the staff know it, from the first word to the last."""

from typing import Any

from tests.payments.agreeing import books_agree
from tests.payments.till import Till, until

PAID = ("capture", "succeeded", 1999, "USD")


def intent_of(till: Till, number: str) -> str:
    (payment,) = till.payments(number)
    return next(p["payment_intent"] for p in till.stripe.statement()["payments"] if p["client_reference_id"] == payment.id)


def disputed(till: Till, amount: int | None = None) -> tuple[str, str, Any]:
    """A paid order whose buyer objects: number, token, the dispute."""
    number, token = till.paid("stripe")
    dispute = till.stripe.dispute(intent_of(till, number), amount=amount)
    till.becomes(number, token, "disputed")
    return number, token, dispute


def told(till: Till, number: str) -> list[str]:
    """What the order's diary says of disputes."""
    return [entry["kind"] for entry in till.seen(number)["timeline"] if entry["kind"].startswith("payment.chargeback")]


def held(till: Till, number: str) -> list[tuple[str, bool]]:
    """The order's holds, and whether they are still there."""
    return [(hold["label"], hold["lifted_at"] is None) for hold in till.seen(number)["holds"]]


def test_a_dispute_that_is_opened_binds_the_money_and_staff_see_it(till: Till) -> None:
    number, _, _ = disputed(till)
    assert books_agree(till, number) == [PAID, ("chargeback", "pending", 1999, "USD")]
    assert till.seen(number)["balance"]["refundable"]["minor"] == 0
    refusal = till.deed(number, "refund", amount=1)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "too_much")
    page = till.staff.get(f"/admin/orders/{number}").text
    assert "the bank asks for $19.99 back" in page
    listed = till.staff.get("/api/v1/admin/orders", params={"payment": "disputed"}).json()["items"]
    assert number in [order["number"] for order in listed]
    assert number in till.staff.get("/admin/attention").text
    assert held(till, number) == [
        ("Visa •••• 4242: the bank asks for $19.99 back. Answer it at the gateway before you send.", True)
    ]


def test_a_dispute_that_is_won_gives_the_money_back_to_the_shop(till: Till) -> None:
    number, token, dispute = disputed(till)
    till.stripe.review_dispute(dispute["id"])
    till.stripe.win_dispute(dispute["id"])
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == [PAID, ("chargeback", "failed", 1999, "USD")]
    assert told(till, number) == ["payment.chargeback.pending", "payment.chargeback.failed"]
    assert till.seen(number)["balance"]["refundable"]["minor"] == 1999
    assert [there for _, there in held(till, number)] == [False]


def test_a_dispute_that_is_lost_costs_the_shop_the_money(till: Till) -> None:
    number, _, dispute = disputed(till)
    till.stripe.lose_dispute(dispute["id"])
    until(lambda: till.seen(number)["balance"]["held"]["minor"] == 0, 60, lambda: str(told(till, number)))
    assert books_agree(till, number) == [PAID, ("chargeback", "succeeded", 1999, "USD")]
    assert told(till, number) == ["payment.chargeback.pending", "payment.chargeback.succeeded"]
    assert till.seen(number)["payment_status"] == "disputed"
    assert "the bank took $19.99 back" in till.staff.get(f"/admin/orders/{number}").text
    assert held(till, number) == [("Visa •••• 4242: the bank took $19.99 back", True)]  # not what was to be answered before


def test_what_a_dispute_leaves_over_can_be_given_back_once_it_is_lost(till: Till) -> None:
    number, _, dispute = disputed(till, amount=1500)
    till.stripe.lose_dispute(dispute["id"])
    until(lambda: till.seen(number)["balance"]["held"]["minor"] == 499, 60, lambda: str(told(till, number)))
    assert till.seen(number)["balance"]["refundable"]["minor"] == 499
    assert books_agree(till, number) == [PAID, ("chargeback", "succeeded", 1500, "USD")]


def test_a_dispute_decided_unheard_is_found_by_asking(till: Till) -> None:
    number, token, dispute = disputed(till)
    till.at_rest()
    till.stripe.drop(10)
    till.stripe.win_dispute(dispute["id"])
    till.tick("orders.look_at_pending")
    till.becomes(number, token, "paid", 60)
    assert books_agree(till, number) == [PAID, ("chargeback", "failed", 1999, "USD")]

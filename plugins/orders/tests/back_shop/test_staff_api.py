"""The staff API: the same deeds over JSON, strict at the door."""

from typing import Any

import pytest

from marketry import Refused
from marketry.web.values import Actor, ActorKind
from marketry_orders.settling import settle
from marketry_orders.staff_actions import cancel, refund
from marketry_orders.staff_requests import Cancel, Refund


def test_the_list_pages_by_cursor_in_both_directions(shop: Any, web: Any) -> None:
    numbers = [shop.order(("transfer", 10_000)) for _ in range(5)]
    first = web.get("/api/v1/admin/orders?limit=2&payment=pending,paid").json()
    assert [row["number"] for row in first["items"]] == [numbers[4], numbers[3]]
    assert (first["count"], first["count_capped"], first["previous_cursor"]) == (5, False, None)
    second = web.get("/api/v1/admin/orders", params={"limit": 2, "payment": "pending", "cursor": first["next_cursor"]}).json()
    assert [row["number"] for row in second["items"]] == [numbers[2], numbers[1]]
    third = web.get("/api/v1/admin/orders", params={"limit": 2, "cursor": second["next_cursor"]}).json()
    assert [row["number"] for row in third["items"]] == [numbers[0]]
    assert third["next_cursor"] is None
    back = web.get(
        "/api/v1/admin/orders", params={"limit": 2, "payment": "pending,paid", "cursor": second["previous_cursor"]}
    ).json()
    assert [row["number"] for row in back["items"]] == [numbers[4], numbers[3]]


def test_an_order_is_refunded_over_json_once_per_key(shop: Any, web: Any) -> None:
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    for _ in range(2):
        asked = {"amount": 2_500, "reason": "A scratch"}
        answer = web.post(f"/api/v1/admin/orders/{number}/refund", json=asked, headers={"Idempotency-Key": "k1"})
        assert answer.status_code == 200, answer.text
    assert answer.json()["order"]["balance"]["refunded"] == {"minor": 2_500, "currency": "USD"}
    assert [o["state"] for o in answer.json()["operations"]] == ["done"]
    too_much = web.post(f"/api/v1/admin/orders/{number}/refund", json={"amount": 7_501})
    assert (too_much.status_code, too_much.json()["code"], too_much.json()["field"]) == (409, "too_much", "amount")


def test_an_answer_that_is_awaited_is_202(shop: Any, web: Any) -> None:
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    shop.gateway.away = True
    answer = web.post(f"/api/v1/admin/orders/{number}/refund", json={})
    assert (answer.status_code, answer.json()["operations"][0]["state"]) == (202, "sent")


def test_an_order_is_sent_and_comes_back_over_json(shop: Any, web: Any) -> None:
    number = shop.order(("transfer", 10_000))
    url = f"/api/v1/admin/orders/{number}"
    web.post(f"{url}/receive", json={"payment": f"{number}-transfer", "amount": 10_000})
    parcel = web.post(f"{url}/pack", json={"lines": {f"l-{number}": 2}}).json()["parcel"]
    web.post(f"{url}/ship", json={"parcel": parcel, "carrier": "Post", "tracking": "X1"})
    web.post(f"{url}/deliver", json={"parcel": parcel})
    shown = web.post(f"{url}/return", json={"lines": {f"l-{number}": 2}, "restock": True}).json()["order"]
    assert (shown["payment_status"], shown["fulfilment_status"]) == ("paid", "returned")
    assert [p["tracking"] for p in shown["fulfilments"]] == ["X1"]


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("receive", {"payment": "p", "amount": 0}, "amount"),
        ("receive", {"payment": "p", "amount": -1}, "amount"),
        ("receive", {"payment": "p", "amount": 1e3}, "amount"),
        ("receive", {"payment": "p", "amount": True}, "amount"),
        ("receive", {"payment": "p", "amount": "2"}, "amount"),
        ("receive", {"payment": "p", "amount": 10**23}, "amount"),
        ("receive", {"payment": "p", "amount": None}, "amount"),
        ("receive", {"payment": "a\x00b", "amount": 1}, "body"),
        ("refund", {"amount": 1, "sum": 2}, "sum"),
        ("refund", {"reason": "x\x00"}, "body"),
        ("pack", {"lines": {}}, "lines"),
        ("pack", {"lines": {"l": -1}}, "lines/l"),
        ("pack", {"lines": [1]}, "lines"),
        ("holds", {"label": "x", "blocks": ["everything"]}, "blocks/0"),
        ("lift", {"hold": 10**30}, "hold"),
        ("notes", {"text": "  "}, "text"),
    ],
)
def test_bad_input_is_refused_by_field_and_changes_nothing(make_shop: Any, action: str, body: Any, field: str) -> None:
    from marketry.testing.clients import client_of

    shop = make_shop()
    shop.sign_in("*")
    number = shop.order(("transfer", 10_000))
    with client_of(shop.runtime) as client:
        answer = client.post(f"/api/v1/admin/orders/{number}/{action}", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert shop.standing(number) == ("placed", "pending", "unfulfilled")
    assert shop.ledger(number) == []


def test_an_order_that_is_none_is_404_and_nobody_may_look_without_permission(shop: Any, web: Any) -> None:
    assert web.get("/api/v1/admin/orders/NONE").status_code == 404
    assert web.post("/api/v1/admin/orders/NONE/cancel", json={}).status_code == 404
    shop.sign_in()
    assert web.get("/api/v1/admin/orders").status_code == 403


def clerk_with(shop: Any, **limits: Any) -> Any:
    """A clerk who may give back up to `limits` (currency → minor units) per order."""
    rights = frozenset({"orders.refund.write", "orders.order.read", "orders.order.write"})
    return shop.runtime.context(actor=Actor(ActorKind.STAFF, "staff:9", "Clerk", rights, limits={"orders.refund": limits}))


def test_a_refund_stays_within_the_limit_of_who_gives_it_all_of_theirs_together(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    clerk = clerk_with(shop, USD=3_000)
    refund(clerk, number, Refund(amount=2_000))
    with pytest.raises(Refused) as refused:
        refund(clerk, number, Refund(amount=1_001))
    problem = refused.value.problems[0]
    assert (problem.status, problem.code, problem.message) == (
        403, "over_limit", "You may do this up to $30.00. Ask somebody who may do more.",
    )  # fmt: skip
    refund(clerk, number, Refund(amount=1_000))
    with pytest.raises(Refused):
        refund(clerk_with(shop, EUR=3_000), number, Refund(amount=1))
    assert [entry[2] for entry in shop.ledger(number) if entry[0] == "refund"] == [2_000, 1_000]


def test_cancelling_gives_no_more_back_than_the_limit_either(shop: Any) -> None:
    number = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    with pytest.raises(Refused) as refused:
        cancel(clerk_with(shop, USD=9_999), number, Cancel(reason="x"))
    assert refused.value.problems[0].code == "over_limit"
    assert shop.one(number).status == "placed"

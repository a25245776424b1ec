"""Parcels and returns: no unit is sent twice or comes back twice, stock follows, holds stop it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from marketry import Refused
from marketry.commerce.checkout import Hold
from marketry_orders import staff_actions
from marketry_orders.cancelling import cancel_order
from marketry_orders.dossier import dossier_of
from marketry_orders.fulfilling import deliver_parcel, pack, ship_parcel, unpack
from marketry_orders.holding import place_hold
from marketry_orders.returning import receive_return
from marketry_orders.settling import settle
from marketry_orders.staff_requests import LiftHold


def refusal(call: Any) -> tuple[str, int]:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.problems[0].code, refused.value.status


def sent(shop: Any, number: str, units: int) -> str:
    parcel = pack(shop.ctx(), number, {f"l-{number}": units}, location="A")
    ship_parcel(shop.ctx(), number, parcel.id, carrier="post", tracking="X1")
    return parcel.id


def lift(shop: Any, number: str) -> None:
    ctx = shop.ctx("*")
    with ctx.reading():
        (hold,) = dossier_of(ctx, number).active_holds
    staff_actions.lift(ctx, number, LiftHold(hold=hold.id))


def test_an_order_is_sent_in_parts_and_delivered(shop: Any) -> None:
    number = shop.order(("transfer", 10_000), quantity=3)
    first = sent(shop, number, 1)
    assert shop.standing(number)[2] == "partial"
    second = sent(shop, number, 2)
    assert shop.standing(number)[2] == "fulfilled"
    for parcel in (first, second):
        deliver_parcel(shop.ctx(), number, parcel)
    assert shop.standing(number)[2] == "delivered"
    assert shop.shelf.of("ship") == [
        ("ship", f"order:{number}", f"parcel:{first}", ("OAK", "A", 1)),
        ("ship", f"order:{number}", f"parcel:{second}", ("OAK", "A", 2)),
    ]
    assert [(e.type, e.fulfilment) for e in shop.published("fulfilment.shipped", "fulfilment.delivered")] == [
        ("fulfilment.shipped", first),
        ("fulfilment.shipped", second),
        ("fulfilment.delivered", first),
        ("fulfilment.delivered", second),
    ]


def test_two_staff_packing_at_once_never_pack_more_than_was_sold(shop: Any) -> None:
    number = shop.order(("transfer", 10_000), quantity=2)

    def two(_: int) -> str:
        try:
            return pack(shop.ctx(), number, {f"l-{number}": 2}).state
        except Refused as refused:
            return refused.problems[0].code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(two, range(2))) == ["pending", "too_many"]


def test_a_parcel_sent_twice_leaves_once(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    parcel = pack(shop.ctx(), number, {f"l-{number}": 2}, location="A")
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: ship_parcel(shop.ctx(), number, parcel.id, tracking="X1"), range(5)))
    assert len(shop.shelf.of("ship")) == 1
    assert len(shop.published("fulfilment.shipped")) == 1


def test_a_parcel_taken_apart_can_be_packed_again(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    parcel = pack(shop.ctx(), number, {f"l-{number}": 2})
    unpack(shop.ctx(), number, parcel.id)
    assert sent(shop, number, 2)
    assert refusal(lambda: unpack(shop.ctx(), number, sent_parcel(shop, number))) == ("already_shipped", 409)


def sent_parcel(shop: Any, number: str) -> str:
    from marketry_orders.dossier import dossier_of

    ctx = shop.ctx()
    with ctx.reading():
        return str(next(p.row.id for p in dossier_of(ctx, number).parcels if p.row.state == "shipped"))


def test_a_hold_stops_packing_and_sending(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    parcel = pack(shop.ctx(), number, {f"l-{number}": 1})
    place_hold(shop.ctx(), number, Hold("address", "Check the address", frozenset({"fulfil"})))
    assert refusal(lambda: pack(shop.ctx(), number, {f"l-{number}": 1})) == ("on_hold", 409)
    assert refusal(lambda: ship_parcel(shop.ctx(), number, parcel.id)) == ("on_hold", 409)
    assert shop.shelf.of("ship") == []


def test_an_order_of_which_a_parcel_has_left_is_not_cancelled(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    sent(shop, number, 1)
    assert refusal(lambda: cancel_order(shop.ctx(), number, "Too late")) == ("already_shipped", 409)
    assert shop.standing(number)[0] == "placed"
    assert shop.shelf.of("release") == []


def test_a_cancelled_order_is_not_packed(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    cancel_order(shop.ctx(), number, "Changed my mind")
    assert refusal(lambda: pack(shop.ctx(), number, {f"l-{number}": 1})) == ("order_cancelled", 409)


def test_goods_come_back_once_and_onto_the_shelf_only_if_they_may(shop: Any) -> None:
    number = shop.order(("transfer", 10_000), quantity=2)
    sent(shop, number, 2)
    receive_return(shop.ctx(), number, {f"l-{number}": 1}, restock=False, reason="Broken", return_id="r1")
    receive_return(shop.ctx(), number, {f"l-{number}": 1}, restock=False, reason="Broken", return_id="r1")
    assert shop.standing(number)[2] == "fulfilled"
    assert shop.shelf.of("restock") == []
    assert refusal(lambda: receive_return(shop.ctx(), number, {f"l-{number}": 2}, restock=True)) == ("too_many", 409)
    receive_return(shop.ctx(), number, {f"l-{number}": 1}, restock=True)
    assert shop.standing(number)[2] == "returned"
    assert shop.shelf.of("restock") == [("restock", f"order:{number}", ("OAK", "A", 1))]
    assert [e.restocked for e in shop.published("return.received")] == [False, True]


def test_what_does_not_travel_is_handed_over_when_it_is_paid(shop: Any) -> None:
    number = shop.order(("gateway", 10_000), shippable=False)
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    assert shop.standing(number) == ("placed", "paid", "delivered")
    assert shop.shelf.of("ship") == [("ship", f"order:{number}", f"order:{number}:handed-over", ("OAK", "A", 2))]


def test_a_hold_keeps_what_does_not_travel_back_until_it_is_lifted(shop: Any) -> None:
    number = shop.order(("gateway", 10_000), shippable=False)
    place_hold(shop.ctx(), number, Hold("fraud", "Look at the address", frozenset({"fulfil"}), plugin="fraud"))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    assert (shop.standing(number), shop.shelf.of("ship")) == (("placed", "paid", "unfulfilled"), [])
    lift(shop, number)
    assert shop.standing(number) == ("placed", "paid", "delivered")
    assert shop.shelf.of("ship") == [("ship", f"order:{number}", f"order:{number}:handed-over", ("OAK", "A", 2))]
    place_hold(shop.ctx(), number, Hold("late", "Too late", frozenset({"fulfil"}), plugin="fraud"))
    lift(shop, number)
    assert (shop.standing(number)[2], len(shop.shelf.of("ship"))) == ("delivered", 1)


@pytest.mark.parametrize("shippable", [True, False])
def test_what_sold_out_before_it_was_paid_leaves_once_there_is_more(shop: Any, shippable: bool) -> None:
    number = shop.order(("gateway", 10_000), shippable=shippable)
    shop.shelf.sold_out = True
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    assert (shop.standing(number), shop.shelf.of("ship")) == (("placed", "paid", "unfulfilled"), [])
    assert refusal(lambda: lift(shop, number)) == ("out_of_stock", 409)
    shop.shelf.sold_out = False
    lift(shop, number)
    assert shop.shelf.of("reserve") == [("reserve", f"order:{number}", ("OAK", "A", 2))]
    if shippable:
        sent(shop, number, 2)
    assert shop.standing(number)[2] == ("fulfilled" if shippable else "delivered")


def test_more_units_than_were_sold_are_refused_by_line(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    with pytest.raises(Refused) as refused:
        pack(shop.ctx(), number, {f"l-{number}": 3})
    assert refused.value.problems[0].field == f"lines/l-{number}"
    assert refusal(lambda: pack(shop.ctx(), number, {"l-other": 1})) == ("too_many", 409)
    assert refusal(lambda: pack(shop.ctx(), number, {f"l-{number}": 0})) == ("empty_parcel", 422)

"""The back office's pages of orders, as a browser without JavaScript meets them."""

import re
from typing import Any

from sqlalchemy import select, text

from marketry.web.values import Column
from marketry_orders.models import TimelineEntry
from marketry_orders.settling import settle


def audited(shop: Any) -> list[str]:
    with shop.ctx().reading() as session:
        return list(session.execute(text("SELECT action FROM kernel_audit ORDER BY id")).scalars())


def said(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def test_staff_mark_an_order_as_paid_pack_send_and_deliver_it(shop: Any, web: Any, send: Any) -> None:
    number = shop.order(("transfer", 10_000))
    page = f"/admin/orders/{number}"
    done = send(page, f"{page}/receive", payment=f"{number}-transfer", amount="100.00", reference="Statement 7", key="a")
    assert done.status_code == 200, said(done)
    assert shop.standing(number)[1] == "paid"
    send(page, f"{page}/pack", **{f"units:l-{number}": "2"}, location="A", key="b")
    parcel = re.search(r'name="parcel" value="([^"]+)"', web.get(page).text)
    assert parcel
    send(page, f"{page}/ship", parcel=parcel[1], carrier="Post", tracking="X123")
    assert shop.standing(number)[2] == "fulfilled"
    assert "X123" in said(web.get(page))
    send(page, f"{page}/deliver", parcel=parcel[1])
    assert shop.standing(number) == ("placed", "paid", "delivered")
    assert audited(shop) == ["orders.receive", "orders.pack", "orders.ship", "orders.deliver"]


def test_a_form_sent_twice_counts_once(shop: Any, send: Any) -> None:
    number = shop.order(("transfer", 10_000))
    page = f"/admin/orders/{number}"
    for _ in range(2):
        send(page, f"{page}/receive", payment=f"{number}-transfer", amount="50", key="same")
        send(page, f"{page}/note", text="The buyer called", key="same")
    assert shop.ledger(number) == [("capture", "succeeded", 5_000)]
    send(page, f"{page}/note", text="The buyer called", key="another")
    with shop.ctx().reading() as session:
        notes = session.scalars(select(TimelineEntry.message).where(TimelineEntry.kind == "note")).all()
    assert notes == ["The buyer called", "The buyer called"]


def test_a_refused_form_comes_back_with_what_was_typed(shop: Any, send: Any) -> None:
    number = shop.order(("transfer", 10_000))
    page = f"/admin/orders/{number}"
    refused = send(page, f"{page}/receive", payment=f"{number}-transfer", amount="100.01", reference="Statement 8")
    assert refused.status_code == 409
    assert 'value="100.01"' in refused.text
    assert 'value="Statement 8"' in refused.text
    assert "This is more than is still due." in said(refused)
    assert shop.ledger(number) == []
    for wrong in ("1e3", "-5", "0", "12.345", "ten", "9" * 40):
        assert send(page, f"{page}/receive", payment=f"{number}-transfer", amount=wrong).status_code == 422, wrong
    assert shop.ledger(number) == []
    assert audited(shop) == []


def test_staff_refund_a_part_and_cancel(shop: Any, send: Any, web: Any) -> None:
    number, other = shop.order(("gateway", 10_000)), shop.order(("transfer", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    page = f"/admin/orders/{number}"
    send(page, f"{page}/refund", amount="12.50", reason="A scratch", key="r")
    assert shop.standing(number)[1] == "partially_refunded"
    assert "$12.50" in said(web.get(page))
    send(f"/admin/orders/{other}", f"/admin/orders/{other}/cancel", reason="Changed my mind", refund="1")
    assert shop.standing(other)[0] == "cancelled"


def test_a_note_a_hold_and_its_lifting_stand_in_the_timeline(shop: Any, send: Any, web: Any) -> None:
    number = shop.order(("transfer", 10_000))
    page = f"/admin/orders/{number}"
    send(page, f"{page}/note", text="Rang twice <script>")
    send(page, f"{page}/hold", label="Check the address", blocks="fulfil")
    shown = web.get(page).text
    assert "Rang twice &lt;script&gt;" in shown
    assert "Check the address" in shown
    hold = re.search(r'name="hold" value="(\d+)"', shown)
    assert hold
    send(page, f"{page}/lift", hold=hold[1])
    assert "Hold lifted" in said(web.get(page))


def test_the_list_is_narrowed_on_every_axis_and_by_search(shop: Any, web: Any) -> None:
    paid = shop.order(("gateway", 10_000), customer_name="Zoë Elm", email="zoe@example.com")
    settle(shop.ctx(), f"{paid}-gateway", shop.gateway.pays(f"{paid}-gateway", 10_000))
    shop.later(days=2)
    pending = shop.order(("transfer", 10_000))
    for query, expected in {
        "": [pending, paid],
        "payment=paid": [paid],
        "payment=paid&payment=pending": [pending, paid],
        "payment=pending,paid&status=placed&fulfilment=unfulfilled": [pending, paid],
        "status=cancelled": [],
        f"q={paid}": [paid],
        f"q=%23{paid.lower()}": [paid],
        "q=zoe@example.com": [paid],
        "q=ann": [pending],
        "q=OAK": [pending, paid],
        "q=nothing": [],
        "since=2026-03-02": [pending],
        "until=2026-03-01": [paid],
    }.items():
        shown = web.get(f"/admin/orders?{query}")
        assert shown.status_code == 200, (query, said(shown))
        assert re.findall(r'href="/admin/orders/(T\d+)"', shown.text) == expected, query
    assert web.get("/admin/orders?payment=rich").status_code == 422
    assert web.get("/admin/orders?since=yesterday").status_code == 422
    assert web.get("/admin/orders?cursor=x").status_code == 422


def test_staff_without_permission_are_refused_and_nothing_changes(shop: Any, web: Any, send: Any) -> None:
    number = shop.order(("transfer", 10_000))
    page = f"/admin/orders/{number}"
    shop.sign_in("orders.order.read", "orders.order.write")
    assert "Mark as received" not in web.get(page).text
    assert send(page, f"{page}/receive", payment=f"{number}-transfer", amount="100").status_code == 403
    assert send(page, f"{page}/cancel", reason="", refund="1").status_code == 403  # giving money back is another permission
    assert shop.standing(number) == ("placed", "pending", "unfulfilled")
    shop.sign_in("backoffice.dashboard.read")
    assert web.get("/admin/orders").status_code == 403
    assert web.get(page).status_code == 403


def test_a_packing_slip_lists_goods_without_prices(shop: Any, web: Any) -> None:
    number = shop.order(("transfer", 10_000))
    slip = said(web.get(f"/admin/orders/{number}/slip"))
    assert "Oak bowl" in slip
    assert "1 Elm St" in slip
    assert "$" not in slip
    assert web.get("/admin/orders/NONE/slip").status_code == 404


def test_ticked_orders_are_sent_together_and_refusals_are_named(shop: Any, send: Any) -> None:
    from marketry.commerce.checkout import Hold
    from marketry_orders.cancelling import cancel_order
    from marketry_orders.holding import place_hold

    good, held, gone = (shop.order(("transfer", 10_000)) for _ in range(3))
    place_hold(shop.ctx(), held, Hold("x", "Check the address"))
    cancel_order(shop.ctx(), gone, "Sorry")
    done = send("/admin/orders", "/admin/orders/bulk", number=[good, held, gone], action="send")
    assert f"One parcel sent. {held}: The order is on hold: Check the address." in said(done)
    assert [shop.standing(n)[2] for n in (good, held, gone)] == ["fulfilled", "unfulfilled", "cancelled"]


def test_every_page_speaks_chinese(shop: Any, web: Any) -> None:
    number = shop.order(("transfer", 10_000))
    assert "银行转账" in web.get(f"/zh/admin/orders/{number}").text or "订单" in web.get(f"/zh/admin/orders/{number}").text


def test_the_dashboard_counts_and_the_search_finds_for_those_who_may(shop: Any) -> None:
    from marketry import Money
    from marketry.commerce.checkout import Hold
    from marketry.hookspecs.admin import admin_dashboard, admin_search
    from marketry_orders.holding import place_hold

    number, odd = shop.order(("gateway", 10_000)), shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    settle(shop.ctx(), f"{odd}-gateway", shop.gateway.pays(f"{odd}-gateway", 10_500))
    place_hold(shop.ctx(), number, Hold("x", "Check the address"))
    ctx = shop.ctx("orders.order.read")
    with ctx.reading():
        (card,) = [card for answer in ctx.hooks.each(admin_dashboard, ctx) for card in answer.value]
        hits = [hit for answer in ctx.hooks.each(admin_search, ctx, number) for hit in answer.value]
    assert card.values == {"taken": [(2, Money(20_000, "USD"))], "to_send": 1, "to_look_at": 2, "cap": 1_000}
    assert [(hit.url, hit.detail) for hit in hits] == [(f"/admin/orders/{number}", "Ann Oak · $100.00")]
    nobody = shop.ctx("catalog.product.read")
    with nobody.reading():
        assert [hit for answer in nobody.hooks.each(admin_search, nobody, number) for hit in answer.value] == []


def test_what_plugins_add_to_the_list_is_drawn_for_the_rows_of_the_page(shop: Any, web: Any) -> None:
    first, second = shop.order(("transfer", 10_000)), shop.order(("transfer", 10_000))
    shop.parts.append(Column("gift", "Gift", lambda ctx, ids: {first: "wrapped"} if set(ids) == {first, second} else {}))
    assert "wrapped" in web.get("/admin/orders").text

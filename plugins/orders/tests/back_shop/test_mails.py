"""What buyers are told: once, in their language, in HTML and in text; and that they can be forgotten."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from marketry.commerce.events import OrderPlaced
from marketry.hookspecs.operations import erase_subject, export_subject
from marketry_orders.cancelling import cancel_order
from marketry_orders.expiring import expire_order
from marketry_orders.fulfilling import pack, ship_parcel
from marketry_orders.performing import perform_all
from marketry_orders.receiving import receive_payment
from marketry_orders.refunding import refund_order


def letters(shop: Any) -> list[tuple[str, str, str, str]]:
    """(template, subject, text, html) of every mail queued so far."""
    shop.run()
    with shop.ctx().reading() as session:
        rows = session.execute(text("SELECT template, subject, text, html FROM kernel_mail ORDER BY id"))
        return [(row[0].rpartition("/")[2], row[1], row[2], row[3]) for row in rows]


def placed(shop: Any, number: str) -> None:
    ctx = shop.ctx()
    with ctx.writing():
        ctx.publish(
            OrderPlaced(
                at=datetime(2026, 3, 1, tzinfo=UTC),
                number=number,
                currency="USD",
                subtotal=10_000,
                discount=0,
                shipping=0,
                fees=0,
                tax=0,
                total=10_000,
                country="US",
                channel="web",
                locale="en",
            )
        )


def test_a_buyer_reads_of_every_step_once(shop: Any) -> None:
    number = shop.order(("transfer", 10_000))
    for _ in range(2):
        placed(shop, number)
    receive_payment(shop.ctx(), number, f"{number}-transfer", 10_000)
    parcel = pack(shop.ctx(), number, {f"l-{number}": 2})
    ship_parcel(shop.ctx(), number, parcel.id, carrier="Post", tracking="X123")
    refund_order(shop.ctx(), number, 1_250, reason="A scratch")
    found = {template: (subject, body, html) for template, subject, body, html in letters(shop)}
    assert [template for template, *_ in letters(shop)] == ["confirmation", "paid", "shipped", "refunded"]
    assert found["confirmation"][0] == f"Your order {number}"
    assert "2 × Oak bowl: $100.00" in found["confirmation"][1]
    assert "Total: $100.00" in found["confirmation"][1]
    assert "Oak bowl" in found["confirmation"][2]
    assert f"/orders/{number}?token=" in found["confirmation"][1]
    assert "Tracking number: X123" in found["shipped"][1]
    assert "X123" in found["shipped"][2]
    assert "$12.50" in found["refunded"][1]
    assert "A scratch" in found["refunded"][1]


def test_a_buyer_reads_in_their_own_language(shop: Any) -> None:
    number = shop.order(("transfer", 10_000), locale="zh")
    placed(shop, number)
    ((_, subject, body, html),) = letters(shop)
    assert subject == f"您的订单 {number}"
    assert "感谢您的订购" in body
    assert 'lang="zh-Hans"' in html
    assert "/zh/orders/" in body


def test_a_cancellation_says_why_and_what_becomes_of_the_money(shop: Any) -> None:
    paid, unpaid = shop.order(("transfer", 10_000)), shop.order(("gateway", 10_000))
    receive_payment(shop.ctx(), paid, f"{paid}-transfer", 10_000)
    perform_all(shop.ctx(), cancel_order(shop.ctx(), paid, "The kiln broke"))
    shop.later(hours=2)
    expire_order(shop.ctx(), unpaid)
    texts = [body for template, _, body, _ in letters(shop) if template == "cancelled"]
    assert "The kiln broke" in texts[0]
    assert "Your money comes back to you by itself" in texts[0]
    assert "was not paid in time" in texts[1]
    assert "There is nothing left to pay." in texts[1]
    assert "system:" not in "".join(texts)


def test_a_person_is_exported_and_then_forgotten_while_the_books_stay(shop: Any) -> None:
    number, other = shop.order(("transfer", 10_000)), shop.order(("transfer", 10_000), email="bob@example.com")
    receive_payment(shop.ctx(), number, f"{number}-transfer", 10_000)
    ctx = shop.ctx()
    with ctx.reading():
        (answer,) = [a for a in ctx.hooks.each(export_subject, ctx, "ann@example.com", "") if a.plugin == "orders"]
    assert [o["number"] for o in answer.value["orders"]] == [number]
    assert answer.value["orders"][0]["shipping_address"]["line1"] == "1 Elm St"
    for expected in (1, 0):
        with ctx.writing():
            (erased,) = [a.value for a in ctx.hooks.each(erase_subject, ctx, "ann@example.com", "") if a.plugin == "orders"]
        assert erased == expected
    order = shop.one(number)
    assert (order.email, order.customer_name, order.shipping_address, order.total) == ("", "", None, 10_000)
    assert shop.ledger(number) == [("capture", "succeeded", 10_000)]
    assert shop.one(other).email == "bob@example.com"
    placed(shop, number)
    assert [template for template, *_ in letters(shop) if template == "confirmation"] == []

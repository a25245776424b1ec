"""What waits for a person is counted, listed and leads to where it is dealt with."""

from typing import Any

from marketry_orders.attention import waiting, what_is_odd
from marketry_orders.models import Payment
from marketry_orders.reviewing import accept_payment
from marketry_orders.settling import settle

PAGE = "/admin/attention"


def counted(shop: Any) -> int:
    ctx = shop.ctx()
    with ctx.reading():
        return waiting(ctx)


def test_where_nothing_waits_the_page_says_so(shop: Any, web: Any) -> None:
    assert counted(shop) == 0
    assert "Nothing waits for you" in web.get(PAGE).text


def test_a_payment_in_review_is_listed_until_somebody_has_accepted_it(shop: Any, web: Any) -> None:
    number = shop.order(("gateway", 10_000))
    key = f"{number}-gateway"
    settle(shop.ctx(), key, shop.gateway.pays(key, 4_000))
    page = web.get(PAGE).text
    assert "Another amount than was asked for" in page
    assert "$40.00 came, $100.00 was asked for." in page
    assert f'href="/admin/orders/{number}#payments"' in page
    assert f'href="/admin/payments/{key}"' in page
    assert "Another amount than was asked for" in web.get(f"/admin/payments/{key}").text
    assert counted(shop) == 1
    accept_payment(shop.ctx(), number, key, "The rest is a gift of ours.")
    assert counted(shop) == 0
    assert "Nothing waits for you" in web.get(PAGE).text


def test_an_order_on_hold_is_listed_with_what_it_stops(shop: Any, web: Any, send: Any) -> None:
    number = shop.order(("gateway", 10_000))
    send(f"/admin/orders/{number}", f"/admin/orders/{number}/hold", label="The address looks wrong.", blocks="fulfil")
    page = web.get(PAGE).text
    assert "The address looks wrong." in page
    assert "<td>Sending</td>" in page
    assert counted(shop) == 1


def test_several_oddities_are_told_apart(shop: Any) -> None:
    noted = "amount: captured 12500, expected 10000; mode: a test payment for a live order"
    payment = Payment(id="p", order_id=1, currency="USD", needs_review=noted)
    assert what_is_odd(shop.ctx(), payment) == [
        ("Another amount than was asked for", "$125.00 came, $100.00 was asked for."),
        ("Test and live payments are mixed up", "a test payment for a live order"),
    ]

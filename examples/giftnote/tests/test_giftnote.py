"""A note is charged, written on a card once the order is placed, and forgotten with an order that is cancelled."""

from datetime import UTC, datetime

import pytest
from marketry_giftnote.cards import waiting
from marketry_giftnote.notes import Price, charge_notes

from marketry import Money, Plugin
from marketry.commerce.cart import Cart, CartLine, LineId
from marketry.commerce.events import OrderCancelled
from marketry.commerce.items import Item
from marketry.commerce.quote import PricingFacts, Quote, QuoteLine
from marketry.hookspecs import operations
from marketry.jobs.running import run_pending
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM

SETTINGS = """
[settings.giftnote]
counter = true
workshop = "workshop@example.com"
prices = { USD = 300 }
"""
MUG = Item("MUG", "Mug", price=Money(2800, "USD"))
NOTE = {"giftnote": {"note": {"text": "Happy birthday!", "sender": "Ada"}}}
ADDRESS = {"name": "Ada", "line1": "1 Loom St", "city": "Springfield", "region": "IL", "postal_code": "62701", "country": "US"}


@pytest.fixture
def shop(database, make_site):
    goods = inline_plugin(Plugin("goods", "Goods"), resolve_items=lambda ctx, skus: {"MUG": MUG} if "MUG" in skus else {})
    return make_site("orders", "giftnote", extra=[goods], more=SETTINGS, clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def buyer(shop):
    """A client with a cart of its own: `buyer(method, path, json)`."""
    client = client_of(shop)
    cart = client.post("/api/v1/carts").json()

    def call(method, path="", json=None):
        headers = {"X-Cart-Token": cart["token"], "Idempotency-Key": cart["id"]}
        return client.request(method, f"/api/v1/carts/{cart['id']}{path}", json=json, headers=headers)

    return call


def place(buyer):
    """A mug with a note, ordered; returns the order's number."""
    buyer("POST", "/lines", {"sku": "MUG", "quantity": 2, "inputs": NOTE})
    buyer("PUT", "/email", {"email": "ada@example.com"})
    buyer("PUT", "/shipping-address", ADDRESS)
    buyer("PUT", "/payment-method", {"code": "counter"})
    answer = buyer("POST", "/complete")
    assert answer.status_code == 201, answer.text
    return answer.json()["order"]["number"]


def cards(shop):
    ctx = shop.context(actor=SYSTEM)
    with ctx.reading():
        return [(card.order_number, card.title, card.text, card.sender) for card in waiting(ctx)]


def test_a_note_costs_its_price_once_per_line_and_the_quote_says_by_whom(buyer):
    cart = buyer("POST", "/lines", {"sku": "MUG", "quantity": 2, "inputs": NOTE}).json()
    assert cart["totals"]["total"]["minor"] == 2 * 2800 + 300
    assert [(a["label"], a["amount"]["minor"], a["plugin"]) for a in cart["adjustments"]] == [("Gift note", 300, "giftnote")]


def test_without_a_price_in_the_carts_currency_a_note_costs_nothing_and_adds_no_line_to_the_sum():
    note = CartLine(LineId("l1"), MUG, 1, {"giftnote": {"note": {"text": "Hi"}}})
    quote = Quote(Cart("c", "USD", "en", (note,)), (QuoteLine(note, MUG.price),))
    charged = [charge_notes(quote, PricingFacts({"giftnote": Price(Money(n, "USD"), "Gift note")})) for n in (0, 300)]
    assert [[(a.amount, a.line) for a in proposed] for proposed in charged] == [[], [(Money(300, "USD"), "l1")]]


def test_lines_with_different_notes_stay_apart(buyer):
    buyer("POST", "/lines", {"sku": "MUG", "quantity": 1, "inputs": NOTE})
    cart = buyer("POST", "/lines", {"sku": "MUG", "quantity": 1}).json()
    assert [line["quantity"] for line in cart["lines"]] == [1, 1]
    assert cart["totals"]["total"]["minor"] == 2 * 2800 + 300


@pytest.mark.parametrize("wrong", [{"text": ""}, {"text": "x" * 301}, {"text": 5}, {"sender": "Ada"}, {"text": "x", "ink": 1}])
def test_a_note_that_fits_no_card_is_refused_by_name_and_puts_nothing_into_the_cart(buyer, wrong):
    answer = buyer("POST", "/lines", {"sku": "MUG", "quantity": 1, "inputs": {"giftnote": {"note": wrong}}})
    assert (answer.status_code, answer.json()["plugin"]) == (422, "giftnote")
    assert buyer("GET").json()["lines"] == []


def test_placing_the_order_orders_the_card_and_cancelling_it_drops_it(shop, buyer):
    assert cards(shop) == []
    number = place(buyer)
    assert cards(shop) == [(number, "Mug", "Happy birthday!", "Ada")]
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing():
        ctx.publish(OrderCancelled(at=ctx.now(), number=number, currency="USD", reason="changed my mind"))
    run_pending(shop)
    assert cards(shop) == []


def test_the_workshop_is_mailed_once_a_day_while_cards_wait(shop, buyer):
    from marketry_giftnote.reminding import every_day

    place(buyer)
    for _ in range(2):
        every_day(shop.context(actor=SYSTEM))
        run_pending(shop)
    assert mails_to(shop, "workshop@example.com") == ["1 gift card waits"]


def mails_to(shop, recipient):
    from sqlalchemy import text

    with shop.context().reading() as session:
        return list(session.scalars(text("SELECT subject FROM kernel_mail WHERE recipient = :to"), {"to": recipient}))


def test_a_person_gets_their_words_and_has_them_erased(shop, buyer):
    number = place(buyer)
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing():
        answers = ctx.hooks.each(operations.export_subject, ctx, "ada@example.com", "")
        (told,) = [answer.value for answer in answers if answer.plugin == "giftnote"]
        assert told == {"cards": [{"order": number, "text": "Happy birthday!", "sender": "Ada"}]}
        ctx.hooks.each(operations.erase_subject, ctx, "ada@example.com", "")
    assert cards(shop) == [(number, "Mug", "", "")]

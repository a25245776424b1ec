"""What buyers and staff see."""

import pytest
from marketry_giftnote.models import Card
from marketry_giftnote.plugin import plugin

from marketry import Plugin
from marketry.hookspecs import web
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM, Actor, ActorKind

MORE = "[settings.giftnote]\nprices = { USD = 300 }"


def staff(*permissions):
    """A plugin that says who is asking: a staff member with `permissions`."""
    actor = Actor(ActorKind.STAFF, "staff:1", "Ada", frozenset(permissions))
    return inline_plugin(Plugin("door", "Door"), resolve_actor=lambda ctx, request: actor)


@pytest.fixture
def shop(make_site):
    def make(*permissions):
        runtime = make_site("giftnote", extra=[staff(*permissions)], more=MORE)
        with (ctx := runtime.context(actor=SYSTEM)).writing() as session:
            session.add(Card(order_number="K7M2PX", title="Mug", text="<b>Hi</b>", ordered_at=ctx.now()))
        return client_of(runtime)

    return make


def test_buyers_read_what_a_note_costs_in_their_language(shop):
    client = shop()
    assert "A card costs $3.00." in client.get("/gift-notes").text
    assert "每张卡片 US$3.00。" in client.get("/zh/gift-notes").text


def test_where_nothing_is_asked_the_page_says_so(make_site):
    assert "It costs nothing." in client_of(make_site("giftnote")).get("/gift-notes").text


def test_staff_with_the_permission_see_the_words_escaped_and_tick_them_off(shop):
    client = shop("giftnote.card.read", "giftnote.card.write")
    page = client.get("/admin/gift-notes").text
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post("/admin/gift-notes/1/written", data={"csrf_token": token})
    assert (answer.status_code, "The card of order K7M2PX is written." in answer.text) == (200, True)
    assert "No card waits" in answer.text
    assert client.post("/admin/gift-notes/1/written", data={"csrf_token": token}).status_code == 404


def test_staff_without_it_do_not(shop):
    assert shop().get("/admin/gift-notes").status_code == 403
    assert "Written" not in shop("giftnote.card.read").get("/admin/gift-notes").text


def test_the_slots_it_fills_need_not_be_there(make_site):
    runtime = make_site("giftnote", more=MORE)
    assert client_of(runtime).get("/gift-notes").status_code == 200
    assert {fill.slot for fill in runtime.collected(web.slots)} == {"product.below_price", "admin.order.aside"}


def test_every_setting_and_permission_has_words_in_chinese(make_site):
    ctx = make_site("giftnote").context(locale="zh")
    texts = [plugin.title, plugin.summary, *(p.label for p in plugin.permissions)]
    texts += [text for field in plugin.settings.model_fields.values() for text in (field.title, field.description)]
    assert [text for text in texts if ctx.gettext(text) == text] == []

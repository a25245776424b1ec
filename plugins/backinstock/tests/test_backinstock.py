"""Whoever asks confirms their address, waits their turn, and gets one mail when it can be bought again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from marketry import Plugin
from marketry.commerce.people import Customer, CustomerBook
from marketry.hookspecs import operations
from marketry.jobs.running import run_pending
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.values import ANONYMOUS, SYSTEM, Actor, ActorKind
from marketry_backinstock.models import Waiting
from marketry_backinstock.plugin import plugin
from marketry_backinstock.telling import look_again, sweep
from marketry_catalog.editing.adjusting import AdjustmentForm, adjust_stock
from marketry_catalog.importing.run import import_catalogue

ADA = Customer("customer:ada", "ada@example.com", "Ada", "en", True, frozenset(), False)
FILES = {
    "categories": "handle,parent,position,name_en,name_zh\nkitchen,,1,Kitchen,厨房\n",
    "products": "handle,categories,title_en,title_zh,published\nbowl,kitchen,Rice Bowl,饭碗,true\nmug,kitchen,Mug,杯子,true\n",
    "variants": "product,sku,price_usd,price_eur,stock_main\nbowl,BOWL,1800,1700,0\nmug,MUG,2800,2600,4\n",
}


class Book:
    """One customer, whose address is known to be hers."""

    def customer(self, ctx, id):
        return ADA if id == ADA.id else None

    def by_email(self, ctx, email):
        return ADA if email == ADA.email else None


class World:
    actor = ANONYMOUS
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def shop(database, make_site, tmp_path, world):
    return filled(make_site, tmp_path, world)


def filled(make_site, tmp_path, world, settings="mails_per_unit = 2"):
    accounts = inline_plugin(
        Plugin("accounts", "Accounts"),
        resolve_actor=lambda ctx, request: world.actor,
        services=lambda: {CustomerBook: Book()},
    )
    more = f"[settings.backinstock]\n{settings}"
    runtime = make_site("catalog", "backinstock", extra=[accounts], more=more, clock=lambda: world.now)
    for name, content in FILES.items():
        (tmp_path / f"{name}.csv").write_text(content)
    assert import_catalogue(runtime.context(actor=SYSTEM), tmp_path).errors == []
    return runtime


def receive(runtime, units, sku="BOWL"):
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing():
        adjust_stock(ctx, AdjustmentForm(sku=sku, location="main", change=units, reason="From the kiln"))
    run_pending(runtime)


def mails(runtime, subject):
    with runtime.context().reading() as session:
        query = text("SELECT recipient FROM kernel_mail WHERE subject = :s ORDER BY id")
        return list(session.scalars(query, {"s": subject}))


def links(runtime, recipient):
    """The path behind the link of the newest mail to `recipient`."""
    with runtime.context().reading() as session:
        body = session.scalar(text("SELECT text FROM kernel_mail WHERE recipient = :r ORDER BY id DESC"), {"r": recipient})
    return "/" + body.partition("/back-in-stock/")[1][1:] + body.partition("/back-in-stock/")[2].split()[0]


def token(page):
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def join(runtime, email):
    """Ask and follow the link of the mail."""
    client = client_of(runtime)
    assert client.post("/back-in-stock", data={"sku": "BOWL", "email": email}).status_code == 200
    path = links(runtime, email)
    page = client.get(path).text
    assert "You are on the list" in client.post(path, data={"csrf_token": token(page)}).text
    return path


def states(runtime):
    with runtime.context().reading() as session:
        return {row.email: row.state for row in session.query(Waiting)}


def test_the_form_stands_where_something_is_sold_out_and_there_alone(shop):
    client = client_of(shop)
    page = client.get("/products/bowl")
    assert 'action="/back-in-stock"' in page.text
    assert page.headers["cache-control"].startswith("public")
    assert 'action="/back-in-stock"' not in client.get("/products/mug").text


def test_an_address_waits_only_once_its_owner_has_followed_the_link(shop):
    client = client_of(shop)
    client.post("/back-in-stock", data={"sku": "BOWL", "email": " Eve@Example.com "})
    assert states(shop) == {"eve@example.com": "asked"}
    assert mails(shop, "Shall we mail you when Rice Bowl is back?") == ["eve@example.com"]
    receive(shop, 5)
    assert mails(shop, "Rice Bowl is back") == []
    path = links(shop, "eve@example.com")
    page = client.get(path)
    assert states(shop) == {"eve@example.com": "asked"}  # a program that looks into mails has followed the link
    client.post(path, data={"csrf_token": token(page.text)})
    assert states(shop) == {"eve@example.com": "waiting"}


def test_a_customers_own_confirmed_address_waits_at_once_and_is_filled_in(shop, world):
    world.actor = Actor(ActorKind.CUSTOMER, ADA.id, ADA.name)
    client = client_of(shop)
    assert 'value="ada@example.com"' in client.get("/back-in-stock/form?sku=BOWL").text
    assert "We mail you as soon as" in client.post("/back-in-stock", data={"sku": "BOWL", "email": ADA.email}).text
    client.post("/back-in-stock", data={"sku": "BOWL", "email": "bob@example.com"})
    assert states(shop) == {ADA.email: "waiting", "bob@example.com": "asked"}


def test_each_unit_is_told_to_so_many_those_first_who_wait_longest_and_nobody_twice(shop, world):
    for n in range(5):
        join(shop, f"p{n}@example.com")
        world.now += timedelta(minutes=1)
    receive(shop, 2)
    assert mails(shop, "Rice Bowl is back") == [f"p{n}@example.com" for n in range(4)]
    receive(shop, -1)  # somebody bought one: that is no reason for further mails
    look_again(shop.context(actor=SYSTEM))
    assert len(mails(shop, "Rice Bowl is back")) == 4
    world.now += timedelta(days=1, minutes=1)
    look_again(shop.context(actor=SYSTEM))
    assert mails(shop, "Rice Bowl is back")[4:] == ["p4@example.com"]
    assert set(states(shop).values()) == {"told"}


def test_a_mail_speaks_the_readers_language_and_links_to_the_product_and_to_taking_it_back(shop):
    client = client_of(shop)
    client.post("/zh/back-in-stock", data={"sku": "BOWL", "email": "wang@example.com"})
    path = "/zh" + links(shop, "wang@example.com")
    client.post(path, data={"csrf_token": token(client.get(path).text)})
    receive(shop, 1)
    assert mails(shop, "“饭碗”到货了") == ["wang@example.com"]
    with shop.context().reading() as session:
        body = session.scalar(text("SELECT text FROM kernel_mail WHERE subject = '“饭碗”到货了'"))
    assert "http://testserver/zh/products/" in body
    assert f"http://testserver{path}" in body


def test_whoever_takes_it_back_is_forgotten_and_the_link_then_leads_nowhere(shop):
    path = join(shop, "eve@example.com")
    client = client_of(shop)
    client.post(path, data={"stop": "1", "csrf_token": token(client.get(path).text)})
    receive(shop, 3)
    assert (states(shop), mails(shop, "Rice Bowl is back"), client.get(path).status_code) == ({}, [], 404)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"sku": "MUG", "email": "eve@example.com"}, 409),
        ({"sku": "GONE", "email": "eve@example.com"}, 422),
        ({"sku": "BOWL", "email": "eve"}, 422),
        ({"sku": "BOWL", "email": "eve@example.com,all@example.com"}, 422),
        ({"sku": "BOWL", "email": "eve\r\nBcc: x@example.com"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused_and_notes_nobody(make_site, tmp_path, world, sent, status):
    runtime = filled(make_site, tmp_path, world)
    assert client_of(runtime).post("/back-in-stock", data=sent).status_code == status
    assert states(runtime) == {}


def test_a_mailbox_is_not_flooded(make_site, tmp_path, world):
    runtime = filled(make_site, tmp_path, world)
    client = client_of(runtime)
    answers = [client.post("/back-in-stock", data={"sku": "BOWL", "email": "eve@example.com"}).status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert len(mails(runtime, "Shall we mail you when Rice Bowl is back?")) == 1


def test_unconfirmed_and_hopeless_addresses_are_forgotten(shop, world):
    join(shop, "old@example.com")
    client_of(shop).post("/back-in-stock", data={"sku": "BOWL", "email": "new@example.com"})
    for days, left in ((4, {"old@example.com": "waiting"}), (365, {})):
        world.now += timedelta(days=days)
        sweep(shop.context(actor=SYSTEM))
        assert states(shop) == left


def test_a_person_gets_what_is_kept_of_them_and_has_it_erased(shop):
    join(shop, "eve@example.com")
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing():
        (told,) = [
            a.value for a in ctx.hooks.each(operations.export_subject, ctx, "eve@example.com", "") if a.plugin == "backinstock"
        ]
        assert [(one["sku"], one["state"]) for one in told["waits_for"]] == [("BOWL", "waiting")]
        ctx.hooks.each(operations.erase_subject, ctx, "eve@example.com", "")
    assert states(shop) == {}


def test_staff_with_the_permission_see_the_demand_and_no_addresses(shop, world):
    join(shop, "eve@example.com")
    world.actor = Actor(ActorKind.STAFF, "staff:1", "Sam", frozenset({"backinstock.demand.read"}))
    page = client_of(shop).get("/admin/awaited").text
    assert ("Rice Bowl" in page, "BOWL" in page, "eve@" in page) == (True, True, False)
    world.actor = Actor(ActorKind.STAFF, "staff:2", "Kim")
    assert client_of(shop).get("/admin/awaited").status_code == 403


def test_it_can_be_switched_off(make_site, tmp_path, world):
    runtime = filled(make_site, tmp_path, world, "offered = false")
    assert 'action="/back-in-stock"' not in client_of(runtime).get("/products/bowl").text


def test_every_setting_and_permission_has_words_in_chinese(make_site):
    ctx = make_site("backinstock").context(locale="zh")
    texts = [plugin.title, plugin.summary, *(p.label for p in plugin.permissions)]
    texts += [text for field in plugin.settings.model_fields.values() for text in (field.title, field.description)]
    assert [text for text in texts if ctx.gettext(text) == text] == []

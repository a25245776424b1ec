"""Reading everything for lists: quick, behind what the process does, the same as one product after another."""

from threading import Event
from types import SimpleNamespace

import pytest
from plugins.catalog.tests.shelves import context, load
from plugins.catalog.tests.test_finding import FILES
from sqlalchemy import select, text

from marketry.problems import Refused
from marketry.testing.clients import client_of
from marketry_catalog.domain.asking import Question, combinations_of
from marketry_catalog.domain.scopes import MOST_PRODUCTS, entry_id
from marketry_catalog.lists.orders import ORDERS
from marketry_catalog.lists.wanted import Listing
from marketry_catalog.models.products import product
from marketry_catalog.models.search import search_entry
from marketry_catalog.overview import keeping
from marketry_catalog.overview.facts import read_facts
from marketry_catalog.overview.loading import Stopped, read_overview
from marketry_catalog.overview.overview import Overview, changed
from marketry_catalog.queries.listing import page_of
from marketry_catalog.search.database import DatabaseSearch
from marketry_catalog.search.indexing import index_marked


@pytest.fixture
def shop(database, make_site, tmp_path):
    runtime = make_site("catalog")
    assert load(runtime, tmp_path / "files", **FILES).errors == []
    index_marked(context(runtime))
    return runtime


@pytest.fixture
def held(monkeypatch):
    """Reading begins, but doesn't end before `go` is set."""
    go = Event()

    def slowly(session, locales, stopped=lambda: False):
        while not go.wait(0.01):
            if stopped():
                raise Stopped
        return read_overview(session, locales, stopped)

    monkeypatch.setattr(keeping, "read_overview", slowly)
    monkeypatch.setattr(keeping, "PATIENCE", 0.01)
    monkeypatch.setattr(keeping, "LONGEST_WAIT", 0.01)
    return go


def test_reading_by_column_gives_what_one_product_after_another_does(shop, monkeypatch):
    monkeypatch.setattr("marketry_catalog.overview.loading.RUN", 4)
    with shop.database.reading() as session:
        ids = list(session.scalars(select(product.c.id).order_by(product.c.id)))
        one_by_one = changed(Overview(), read_facts(session, ids), (), shop.site.locales)
        by_column = read_overview(session, shop.site.locales)
    assert len(by_column.ids) == 6
    for name in ("ids", "handles", "ordinals", "by_handle", "sets", "windows", "options"):
        assert getattr(by_column, name) == getattr(one_by_one, name), name
    orders = {name: (m.keys, m.order) for name, m in by_column.measures.items()}
    assert orders == {name: (m.keys, m.order) for name, m in one_by_one.measures.items()}


def test_the_start_waits_for_nothing_and_lists_are_drawn_without_counts_meanwhile(shop, held):
    with client_of(shop) as buyer:
        answer = buyer.get("/api/v1/products?sort=price")
        assert (answer.status_code, answer.json()["total"], answer.json()["facets"]) == (200, 5, [])
        assert [p["slug"] for p in answer.json()["items"]] == ["cup", "bowl", "mug", "tray", "vase"]
        refused = buyer.get("/api/v1/products?q=mug")
        assert (refused.status_code, refused.json()["code"]) == (503, "catalog_reading")
        held.set()
        keeping._kept[shop]._read.wait(5)
        assert buyer.get("/api/v1/products?q=mug").json()["total"] == 3
        assert buyer.get("/api/v1/products").json()["facets"] != []


def test_a_process_may_end_while_it_reads(shop, held):
    keeping.begin_reading(shop)
    keeping.stop_reading(shop)
    assert keeping._kept[shop]._reader is None
    assert keeping._kept[shop]._overview is None


@pytest.mark.parametrize("order", [order for order in ORDERS if order != "name"])
def test_a_list_drawn_without_counts_goes_on_in_one_with_them(shop, held, order):
    ctx = context(shop)
    keeping.begin_reading(shop)
    with ctx.reading():
        first = page_of(ctx, Listing(order), None, 2)
    held.set()
    keeping._kept[shop]._read.wait(5)
    with ctx.reading():
        whole = page_of(ctx, Listing(order), None, 9)
        second = page_of(ctx, Listing(order), first.next_cursor, 9)
        assert [c.id for c in [*first.items, *second.items]] == [c.id for c in whole.items]
        assert len(whole.items) == 5


def test_too_much_to_follow_is_read_behind_while_the_old_answers(shop, held, monkeypatch, tmp_path):
    held.set()
    ctx = context(shop)
    with ctx.reading():
        old = keeping.overview_of(ctx)
    monkeypatch.setattr(keeping, "MOST_CHANGES", 0)
    held.clear()
    load(shop, tmp_path / "hide", products="handle,published\nmug,false\n")
    with ctx.reading():
        assert keeping.overview_of(ctx) is old
        held.set()
        keeping._kept[shop]._read.wait(5)
        fresh = keeping.overview_of(ctx)
    assert (old.named("published").bit_count(), fresh.named("published").bit_count()) == (5, 4)


def test_a_worker_reads_nothing_at_its_start(shop):
    from marketry_catalog.plugin import startup

    startup(SimpleNamespace(channel="job", runtime=shop))
    assert shop not in keeping._kept


def test_what_cannot_do_without_counts_is_refused_rather_than_wrong(shop, held):
    ctx = context(shop)
    keeping.begin_reading(shop)
    with ctx.reading(), pytest.raises(Refused) as refused:
        page_of(ctx, Listing(filters=("glaze:matt",)), None, 9)
    assert refused.value.status == 503
    keeping.stop_reading(shop)


def test_entries_say_their_product_and_those_of_former_releases_are_looked_up(shop):
    ctx = context(shop)
    with ctx.reading() as session:
        rows = session.execute(
            select(search_entry.c.id, search_entry.c.product_id, search_entry.c.generation, search_entry.c.locale)
        )
        assert all(r.id == entry_id(r.generation, r.locale, r.product_id) and r.id & MOST_PRODUCTS == r.product_id for r in rows)
        before = DatabaseSearch().search(ctx, Question("mug"), limit=9)
    with ctx.writing() as session:
        for n, row in enumerate(session.execute(select(search_entry.c.id)).all(), 1):
            session.execute(text("UPDATE catalog_search_entry SET id = :n WHERE id = :id"), {"n": 90 - n, "id": row.id})
    with ctx.reading():
        after = DatabaseSearch().search(ctx, Question("mug"), limit=9)
    assert dict(before) == {"secret": 3, "mug": 3, "tray": 1, "cup": 1}
    assert sorted(after) == sorted(before)


def test_words_in_the_title_weigh_more_than_in_tags_and_those_more_than_elsewhere(shop, tmp_path):
    products = """\
handle,title_en,summary_en,tags,published
x,Plain,A linen thing.,,true
y,Plain,A thing.,linen,true
z,Linen,A thing.,,true
"""
    load(shop, tmp_path / "more", products=products)
    ctx = context(shop)
    index_marked(ctx)
    with ctx.reading():
        assert [handle for handle, _ in DatabaseSearch().search(ctx, Question("linen"), limit=9)] == ["z", "y", "x"]
        found = DatabaseSearch().search(ctx, Question("linen mug tea", every=False), limit=9)
    assert {handle for handle, _ in found[:2]} == {"cup", "mug"}


def test_asking_for_some_words_asks_less_and_less():
    assert combinations_of(3, True) == [[(0, 1, 2)]]
    assert combinations_of(3, False) == [[(0, 1), (0, 2), (1, 2)], [(0,), (1,), (2,)]]
    assert combinations_of(1, False) == [[(0,)]]
    assert combinations_of(0, True) == []
    assert [len(step) for step in combinations_of(12, False)] == [12, 12]

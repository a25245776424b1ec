"""The index is built anew while the old one answers; killed, it goes on where it stopped; nothing of former generations stays."""

import threading

import pytest
from plugins.catalog.tests.shelves import context, filled, load
from sqlalchemy import func, insert, select

from marketry.testing.clients import client_of
from marketry_catalog.models.products import product
from marketry_catalog.models.search import search_entry, search_term
from marketry_catalog.search import rebuilding
from marketry_catalog.search.indexing import index_marked
from marketry_catalog.search.rebuilding import rebuild, sweep
from marketry_catalog.search.state import state_of


@pytest.fixture
def shop(database, make_site, tmp_path, monkeypatch):
    """Forty more bowls, indexed; a rebuild takes them ten at a time."""
    monkeypatch.setattr(rebuilding, "BATCH", 10)
    monkeypatch.setattr(rebuilding, "_NEXT", rebuilding._NEXT.limit(10))
    runtime = filled(make_site, tmp_path)
    with runtime.database.writing() as session:
        bowl = dict(session.execute(select(product).where(product.c.handle == "bowl")).mappings().one())
        session.execute(insert(product), [{**bowl, "id": 1000 + i, "handle": f"bowl{i}"} for i in range(40)])
    index_marked(context(runtime))
    return runtime


def total(client, q):
    return client.get("/api/v1/products", params={"q": q, "exact": "true"}).json()["total"]


def entries(shop):
    with shop.context().reading() as session:
        rows = session.execute(select(search_entry.c.generation, func.count()).group_by(search_entry.c.generation))
        return {row[0]: row[1] for row in rows}


def test_searches_go_on_while_it_is_built(shop):
    client = client_of(shop)
    assert total(client, "bowl") == 41
    seen, stop = [], threading.Event()

    def search():
        while not stop.is_set():
            seen.append(total(client, "mug"))

    thread = threading.Thread(target=search)
    thread.start()
    try:
        rebuild(context(shop))
        sweep(context(shop))
    finally:
        stop.set()
        thread.join()
    assert set(seen) == {1}
    assert list(entries(shop)) == [2]


def test_one_that_was_killed_goes_on_where_it_stopped(shop):
    class Killed(Exception):
        pass

    def kill(done, of):
        assert of == 43
        if done == 20:
            raise Killed

    with pytest.raises(Killed):
        rebuild(context(shop), kill)
    ctx = context(shop)
    with ctx.reading():
        assert state_of(ctx).generation == 1
    assert entries(shop)[2] == 40  # twenty products in two languages
    assert rebuild(context(shop)) == 23
    with ctx.reading():
        assert state_of(ctx).generation == 2
    sweep(context(shop))
    assert entries(shop) == {2: 86}
    with ctx.reading() as session:
        assert set(session.execute(select(search_term.c.generation)).scalars()) == {2}


def test_what_changes_meanwhile_is_in_both(shop, tmp_path):
    def change(done, of):
        if done == 20:
            load(shop, tmp_path / "more", products="handle,title_en\nbowl,Soup Tureen\n")
            index_marked(context(shop))
            assert total(client_of(shop), "tureen") == 1

    rebuild(context(shop), change)
    sweep(context(shop))
    assert total(client_of(shop), "tureen") == 1


def test_fresh_starts_over(shop):
    with pytest.raises(ZeroDivisionError):
        rebuild(context(shop), lambda done, of: 1 // 0)
    assert rebuild(context(shop), fresh=True) == 43

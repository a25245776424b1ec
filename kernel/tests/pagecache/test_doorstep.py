"""Answering again what was answered: the same bytes and headers as the long way, and never what the long way would refuse."""

import asyncio
import gc
import gzip
import re
from typing import Any

import pytest

from marketry.web.maintenance import mark_in
from marketry.web.pagecache.turn import Turn

from .conftest import Notes, runtime_of, write

PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def long_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that went through all layers."""
    from marketry.web.app import SiteApp

    gone: list[str] = []
    whole = SiteApp.all_layers

    async def counted(self: SiteApp, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            gone.append(scope["path"])
        await whole(self, scope, receive, send)

    monkeypatch.setattr(SiteApp, "all_layers", counted)
    return gone


def test_a_page_goes_through_all_layers_once_and_looks_the_same_afterwards(shop: Any, long_ways: list[str]) -> None:
    client = shop()
    for path in ("/notes/a", "/zh/notes/a"):
        first, second = client.get(path), client.get(path)
        assert second.content == first.content
        assert [h for h in second.headers.raw if h[0] != b"x-request-id"] == [
            h for h in first.headers.raw if h[0] != b"x-request-id"
        ]
        assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert long_ways == ["/notes/a", "/zh/notes/a"]


def test_a_condition_and_head_are_answered_as_the_long_way_does(shop: Any, long_ways: list[str]) -> None:
    client = shop()
    etag = client.get("/notes/a", headers=PLAIN).headers["etag"]
    for method in ("GET", "HEAD"):
        known = {"If-None-Match": etag, **PLAIN}
        short = client.request(method, "/notes/a", headers=known)
        long = client.request(method, "/notes/a", headers=[*known.items(), ("X-Twice", "1"), ("X-Twice", "2")])
        assert (short.status_code, short.content) == (long.status_code, long.content) == (304, b"")
        same = {name for name in {*short.headers, *long.headers} if short.headers.get(name) == long.headers.get(name)}
        assert {*short.headers, *long.headers} - same == {"x-request-id"}
    assert len(long_ways) == 3
    head = client.head("/notes/a", headers=PLAIN)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(client.get("/notes/a", headers=PLAIN).content)))
    assert len(long_ways) == 3


def test_a_proxy_s_id_of_the_request_is_kept(shop: Any, long_ways: list[str]) -> None:
    client = shop()
    for sent, answered in (("from-the-proxy-1", "from-the-proxy-1"), ("<script>", None)):
        for _ in range(2):
            got = client.get("/notes/a", headers={"X-Request-ID": sent}).headers["x-request-id"]
            assert got == answered or (answered is None and re.fullmatch("[0-9a-f]{16}", got))
    assert len(long_ways) == 1


def test_a_purge_a_closed_shop_and_saved_settings_are_seen_before_a_hit(shop: Any, notes: Notes) -> None:
    from marketry.settings.saving import choose_theme

    client = shop()
    runtime = runtime_of(client)
    for _ in range(2):
        client.get("/notes/a")
    write(runtime, "a", 7)
    assert "a=7" in client.get("/notes/a").text
    mark = mark_in(runtime.site.var_dir)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    assert client.get("/notes/a").status_code == 503
    mark.unlink()
    assert client.get("/notes/a").status_code == 200
    assert len(notes.drawn) == 2
    ctx = runtime.context()
    with ctx.writing():
        choose_theme(ctx, "")
    client.get("/notes/a")
    assert len(notes.drawn) == 3


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "evil.example")],
        [("Host", "testserver"), ("Host", "evil.example")],
        [("Host", "127.0.0.1:80"), ("Host", "evil.example")],
    ],
)
def test_a_host_that_is_not_ours_is_refused_on_a_remembered_page_too(shop: Any, headers: Any) -> None:
    client = shop()
    for _ in range(2):
        assert client.get("/notes/a").status_code == 200
    assert client.get("/notes/a", headers=headers).status_code == 400


def test_who_wants_json_or_has_another_segment_is_not_given_the_remembered_page(shop: Any, notes: Notes) -> None:
    client = shop()
    for _ in range(2):
        client.get("/notes/a")
    client.get("/notes/a", headers={"Accept": "application/json"})
    assert len(notes.drawn) == 2
    client.post("/segment", data={"currency": "EUR"}, follow_redirects=False)
    for _ in range(2):
        assert "EUR-US" in client.get("/notes/a").text
    client.cookies.clear()
    assert "USD-US" in client.get("/notes/a").text
    assert len(notes.drawn) == 3


def test_who_accepts_gzip_is_given_what_was_packed_once(shop: Any, notes: Notes, long_ways: list[str]) -> None:
    notes.in_page = lambda ctx: "x" * 10_000
    client = shop()
    with client.stream("GET", "/notes/a", headers={"Accept-Encoding": "br, gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    plain = client.get("/notes/a", headers=PLAIN)
    assert gzip.decompress(packed) == plain.content
    assert len(packed) < 500
    assert (answer.headers["content-encoding"], answer.headers["content-length"]) == ("gzip", str(len(packed)))
    assert answer.headers["etag"] == f"W/{plain.headers['etag']}"
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]
    assert client.get("/notes/a", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert "content-encoding" not in client.get("/notes/a", headers={"Accept-Encoding": "gzip;q=0"}).headers
    assert len(notes.drawn) == 1
    assert len(long_ways) == 2  # packed and plain


def test_figures_count_every_hit(shop: Any) -> None:
    client = shop()
    line = 'marketry_requests_total{method="GET",route="/notes/{name}",status="200"}'
    before = _figure(client, line)
    for _ in range(5):
        client.get("/notes/a")
    assert _figure(client, line) - before == 5


def _figure(client: Any, line: str) -> float:
    text = client.get("/metrics").text
    found = re.search(re.escape(line) + r" (\S+)", text)
    return float(found[1]) if found else 0.0


def test_a_page_that_the_store_has_dropped_is_not_held(shop: Any, notes: Notes) -> None:
    notes.in_page = lambda ctx: "".join(chr(33 + (i * i * 7919) % 90) for i in range(60_000))
    client = shop(more="[pagecache]\nmegabytes = 1")
    for i in range(20):
        client.get(f"/notes/n{i}")
    gc.collect()
    remembered = client.app.doorstep._remembered.values()
    assert sum(one.page is not None for one in remembered) == len(runtime_of(client).pages.plain) < 20


def test_one_look_is_for_one_turn_of_the_loop() -> None:
    turn, seen = Turn(), list[bool]()

    async def ask() -> None:
        seen.append(turn.lasts)
        if not turn.lasts:
            turn.begin()

    async def run() -> None:
        await asyncio.gather(ask(), ask(), ask())
        await asyncio.gather(ask(), ask())
        await ask()
        await ask()
        turn.end()
        await ask()

    asyncio.run(run())
    assert seen == [False, True, True, False, True, False, True, False]

"""The segment: signed, the same for all who are in it, chosen by a form, and never taken from anybody who made it up."""

from typing import Any

import pytest

from marketry import Plugin
from marketry.plugins.discovery import Installed
from marketry.plugins.failures import BootStopped
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.segments import Segment, Segments
from marketry.web.values import Actor, ActorKind

from .conftest import PAGE, Notes, runtime_of

MORE = '[segments]\ncountries = ["DE", "JP"]'


def choose(client: Any, **fields: str) -> Any:
    return client.post("/segment", data=fields, follow_redirects=False)


def test_a_visitor_chooses_and_comes_back_to_the_page(shop: Any, notes: Notes) -> None:
    client = shop(more=MORE)
    answer = choose(client, currency="EUR", country="DE", next="/notes/a?sort=up")
    assert (answer.status_code, answer.headers["location"], answer.headers["cache-control"]) == (
        303,
        "/notes/a?sort=up",
        "no-store",
    )
    assert "en EUR-DE" in client.get("/notes/a").text
    assert "zh EUR-DE" in client.get("/zh/notes/a").text
    assert choose(client, currency="JPY").headers["location"] == "/"
    assert "en JPY-DE" in client.get("/notes/a").text


def test_the_language_of_the_page_stays(shop: Any) -> None:
    answer = shop().post("/zh/segment", data={"currency": "EUR", "next": "/notes/a"}, follow_redirects=False)
    assert answer.headers["location"] == "/zh/notes/a"


def test_back_in_the_default_segment_there_is_no_cookie(shop: Any) -> None:
    client = shop()
    choose(client, currency="EUR")
    assert "segment" in client.cookies
    choose(client, currency="USD")
    assert "segment" not in client.cookies


def test_all_of_one_segment_have_the_same_cookie(shop: Any) -> None:
    cookies = set()
    for _ in range(3):
        client = shop()
        choose(client, currency="EUR")
        cookies.add(client.cookies["segment"])
    assert len(cookies) == 1


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "https://evil.example", "\\evil", "javascript:alert(1)", "/a\r\nX: 1", "", "x"],
)
def test_nobody_is_led_off_the_site(shop: Any, address: str) -> None:
    assert choose(shop(), currency="EUR", next=address).headers["location"] == "/"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"currency": "GBP"}, "unknown_currency"),
        ({"currency": "eur"}, "unknown_currency"),
        ({"country": "FR"}, "unknown_country"),
    ],
)
def test_what_the_site_does_not_have_can_not_be_chosen(shop: Any, fields: dict[str, str], code: str) -> None:
    client = shop(more=MORE)
    answer = client.post("/segment", data=fields, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "segment" not in client.cookies


def test_another_site_can_not_choose_for_a_visitor(shop: Any) -> None:
    answer = shop().post("/segment", data={"currency": "EUR"}, headers={"Origin": "https://evil.example", "Cookie": "a=1"})
    assert answer.status_code == 403


@pytest.mark.parametrize("forged", ["EUR-DE-.0" * 4, "EUR-US-.{sig}", "GBP-US-.{sig}", "EUR-US-vip.{sig}", "x", "", "EUR-US-"])
def test_a_forged_cookie_is_no_segment(shop: Any, notes: Notes, forged: str) -> None:
    client = shop()
    choose(client, currency="JPY")
    signature = client.cookies["segment"].partition(".")[2]
    client.cookies.clear()
    answer = client.get("/notes/a", headers={"Cookie": f"segment={forged.format(sig=signature)}"})
    assert "en USD-US" in answer.text


def test_a_segment_outlives_a_new_key_and_not_a_currency_that_is_gone(make_site: Any) -> None:
    old = Segments(make_site(name="a").site)
    cookie = old.cookie(Segment("EUR", "US")).encode()
    keys = "another-key-another-key-another-key-1,only-for-tests-only-for-tests-only-for-tests"
    renewed = Segments(make_site(name="b", environ={"MARKETRY_SECRET_KEY": keys}).site)
    poorer = Segments(make_site(name="c", currencies=["USD"]).site)
    headers = [(b"cookie", b"x=1; segment=" + cookie)]
    assert renewed.of_headers(headers) == Segment("EUR", "US")
    assert poorer.of_headers(headers) == Segment("USD", "US")


TRADE = '[segments]\nprice_groups = ["trade", "staff"]'


@pytest.fixture
def people(notes: Notes) -> Installed:
    """Who says `who=ada` is a customer of the groups wholesale and trade; `who=eve` of none."""
    groups = {"ada": frozenset({"wholesale", "trade"}), "eve": frozenset[str]()}

    def who(ctx: Any, request: Any) -> Actor | None:
        name = request.cookies.get("who", "")
        return Actor(ActorKind.CUSTOMER, f"customer:{name}", name, groups=groups[name]) if name in groups else None

    return inline_plugin(Plugin("people", "People"), resolve_actor=who)


@pytest.fixture
def trade(make_site: Any, tmp_path: Any, notes: Notes, people: Installed) -> Any:
    folder = tmp_path / "site" / "templates" / "notes"
    folder.mkdir(parents=True)
    (folder / "note.html").write_text(PAGE, "utf-8")
    runtime = make_site("notes", "people", extra=[notes.plugin(), people], more=TRADE)
    with client_of(runtime) as client:
        yield client


def in_group(client: Any, group: str, who: str) -> dict[str, str]:
    cookie = Segments(runtime_of(client).site).cookie(Segment("USD", "US", group))
    return {"Cookie": f"segment={cookie}; who={who}"}


def test_pages_of_a_price_group_are_drawn_for_its_customers_and_never_kept(trade: Any, notes: Notes) -> None:
    for _ in range(2):
        answer = trade.get("/notes/a", headers=in_group(trade, "trade", "ada"))
        assert "en USD-US-trade" in answer.text
        assert "public" not in answer.headers.get("cache-control", "")
    assert len(notes.drawn) == 2
    assert "trade" not in trade.get("/notes/a").text


def test_the_cookie_of_a_price_group_opens_nothing_to_who_is_not_in_it(trade: Any, notes: Notes) -> None:
    for who in ("eve", "nobody"):
        assert "en USD-US " in trade.get("/notes/a", headers=in_group(trade, "trade", who)).text
    assert "en USD-US-trade" in trade.get("/notes/a", headers=in_group(trade, "staff", "ada")).text


def test_a_public_page_asks_nobody_who_they_are_without_that_cookie(trade: Any, notes: Notes) -> None:
    for _ in range(2):
        assert "en USD-US " in trade.get("/notes/a", headers={"Cookie": "who=ada"}).text
    assert len(notes.drawn) == 1


def test_a_personal_page_brings_the_cookie_up_to_date(trade: Any) -> None:
    trade.cookies.set("who", "ada")
    assert "en USD-US-trade" in trade.get("/account/notes").text
    assert trade.cookies["segment"].startswith("USD-US-trade.")
    trade.cookies.set("who", "eve")
    assert "en USD-US " in trade.get("/account/notes").text
    assert "segment" not in trade.cookies


def test_a_group_that_has_no_prices_any_more_leaves_the_currency(make_site: Any) -> None:
    old = Segments(make_site(name="a", more=TRADE).site)
    cookie = old.cookie(Segment("EUR", "US", "trade")).encode()
    assert old.of_headers([(b"cookie", b"segment=" + cookie)]) == Segment("EUR", "US", "trade")
    now = Segments(make_site(name="b").site)
    assert now.of_headers([(b"cookie", b"segment=" + cookie)]) == Segment("EUR", "US")


def test_a_price_group_is_written_plainly(make_site: Any) -> None:
    with pytest.raises(BootStopped, match="small letters"):
        make_site(more='[segments]\nprice_groups = ["a;b"]')


def test_the_json_surface_knows_no_segment(shop: Any) -> None:
    client = shop()
    choose(client, currency="EUR")
    assert client.get("/api/v1/openapi.json").status_code == 200

"""The segment: signed, the same for all who are in it, chosen by a form, and never taken from anybody who made it up."""

from typing import Any

import pytest

from marketry.web.segments import Segment, Segments, keep_price_group

from .conftest import Notes, runtime_of

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


def test_a_price_group_passes_by_the_page_cache(shop: Any, notes: Notes) -> None:
    client = shop()
    segments = Segments(runtime_of(client).site)
    cookie = {"Cookie": f"segment={segments.cookie(Segment('USD', 'US', 'wholesale'))}"}
    for _ in range(2):
        answer = client.get("/notes/a", headers=cookie)
        assert "en USD-US-wholesale" in answer.text
        assert answer.headers["cache-control"] == "private, max-age=0, must-revalidate"
    assert len(notes.drawn) == 2
    assert "wholesale" not in client.get("/notes/a").text


def test_a_price_group_is_written_plainly(shop: Any) -> None:
    from starlette.responses import Response

    ctx = runtime_of(shop()).context()
    with pytest.raises(ValueError, match="small letters"):
        keep_price_group(ctx, Response(), "a;b")


def test_the_json_surface_knows_no_segment(shop: Any) -> None:
    client = shop()
    choose(client, currency="EUR")
    assert client.get("/api/v1/openapi.json").status_code == 200

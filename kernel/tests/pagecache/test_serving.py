"""What is kept, for whom, and what it looks like from outside."""

from typing import Any

from .conftest import Notes, runtime_of, write


def test_a_page_is_drawn_once_and_given_to_all(shop: Any, notes: Notes) -> None:
    client = shop()
    first, second = client.get("/notes/a"), client.get("/notes/a", headers={"Cookie": "session=somebody"})
    assert first.text == second.text == "<title>a</title>a=0 en USD-US part of a"
    assert notes.drawn == ["a?"]


def test_a_purge_drops_what_bears_the_tag_and_nothing_else(shop: Any, notes: Notes) -> None:
    client = shop()
    client.get("/notes/a"), client.get("/notes/b")
    write(runtime_of(client), "a", 7)
    assert "a=7" in client.get("/notes/a").text
    assert "b=0" in client.get("/notes/b").text
    assert notes.drawn == ["a?", "b?", "a?"]

"""Order: dependencies first, ties by id, then @order, then the merchant's word; whatever order things were found in."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketry import Plugin, order
from marketry.hookspecs import site, web
from marketry.plugins.discovery import Installed
from marketry.plugins.ordering import Circle, order_implementations, order_plugins, sort
from marketry.testing import SiteFactory, inline_plugin

NAMES = list("abcdefgh")


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Graphs without circles: each name may follow earlier ones of a random ranking."""
    ranking = draw(st.permutations(NAMES))
    return {name: draw(st.lists(st.sampled_from(ranking[:i]), unique=True)) if i else [] for i, name in enumerate(ranking)}


@given(graphs())
def test_everybody_follows_its_predecessors(graph: dict[str, list[str]]) -> None:
    result = sort(graph)
    assert sorted(result) == NAMES
    assert all(result.index(before) < result.index(name) for name, predecessors in graph.items() for before in predecessors)


@given(graphs(), st.randoms(use_true_random=False))
def test_the_result_does_not_depend_on_the_order_of_finding(graph: dict[str, list[str]], chance: random.Random) -> None:
    assert sort(graph) == sort(dict(chance.sample(list(graph.items()), len(graph))))


def test_ties_go_by_name() -> None:
    assert sort({"b": [], "a": ["c"], "c": []}) == ["b", "c", "a"]


def test_a_circle_is_shown_in_its_order() -> None:
    with pytest.raises(Circle) as caught:
        sort({"a": ["c"], "b": ["a"], "c": ["b"], "free": []})
    assert str(caught.value) == "a → b → c → a"


def test_plugins_follow_what_they_require_and_what_they_come_after() -> None:
    def plugin(name: str, **fields: object) -> Installed:
        return inline_plugin(Plugin(id=name, title=name, **fields))  # type: ignore[arg-type]

    found = {p.id: p for p in (plugin("a", requires={"z": ">=1"}), plugin("z"), plugin("m", after=("a", "absent")), plugin("b"))}
    assert order_plugins(found) == ["b", "z", "a", "m"]


def test_the_merchant_has_the_last_word_on_those_named_and_no_others() -> None:
    asked = ["a", "b", "c", "d"]
    assert order_implementations("jobs", asked, {"d": ["a"]}, {}) == asked
    assert order_implementations("jobs", asked, {"d": ["a"]}, {}, ("d", "a", "absent", "d")) == ["d", "b", "c", "a"]


def test_an_order_mark_is_stronger_than_the_name_and_weaker_than_the_merchant() -> None:
    marks = {"c": (("a",), ())}
    assert order_implementations("jobs", ["a", "b", "c"], {}, marks) == ["b", "c", "a"]
    assert order_implementations("jobs", ["a", "b", "c"], {}, marks, ("a", "c")) == ["b", "a", "c"]


def test_hooks_are_asked_in_that_order_in_a_site(make_site: SiteFactory) -> None:
    def speaking(name: str, *, before: tuple[str, ...] = (), requires: dict[str, str] | None = None) -> Installed:
        @order(before=before)
        def navigation(ctx: object) -> list[str]:
            return [name]

        return inline_plugin(Plugin(id=name, title=name, requires=requires or {}), navigation=navigation)

    # c depends on a only through b, which doesn't implement the hook
    silent = inline_plugin(Plugin(id="b", title="b", requires={"a": ">=1"}))
    extra = [speaking("c", requires={"b": ">=1"}), speaking("d", before=("a",)), silent, speaking("a"), speaking("e")]
    runtime = make_site(extra=extra, migrate=False)
    assert [answer.plugin for answer in runtime.hooks.each(web.navigation, runtime.context())] == ["d", "a", "c", "e"]
    merchant = make_site(extra=extra, migrate=False, name="other", more='[hooks.order]\nnavigation = ["e", "d"]')
    assert [answer.plugin for answer in merchant.hooks.each(web.navigation, merchant.context())] == ["e", "a", "c", "d"]


def test_stopping_goes_the_other_way_round(make_site: SiteFactory) -> None:
    asked: list[str] = []

    def life(name: str, **fields: Any) -> Installed:
        return inline_plugin(
            Plugin(id=name, title=name, **fields),
            startup=lambda ctx: asked.append(f"start {name}"),
            shutdown=lambda ctx: asked.append(f"stop {name}"),
        )

    runtime = make_site(extra=[life("a", requires={"z": ">=1"}), life("z")], migrate=False)
    for hook in (site.startup, site.shutdown):
        runtime.hooks.each(hook, runtime.context())
    assert asked == ["start z", "start a", "stop a", "stop z"]

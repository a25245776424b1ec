"""Calling hooks: provenance, the failure policy of each kind, nested failures, budgets, times."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY

from marketry import Plugin
from marketry.commerce.items import Demand, Item
from marketry.hookspecs import checkout, goods, operations, pricing, web
from marketry.plugins import calls
from marketry.plugins.failures import PluginFailed
from marketry.problems import Problem, Refused
from marketry.runtime import Runtime
from marketry.testing import SiteFactory, inline_plugin

Boots = Callable[..., Runtime]


@pytest.fixture
def boots(make_site: SiteFactory) -> Boots:
    """`boots(a={"navigation": function}, …)`: a site with inline plugins of these ids and hooks."""

    def make(more: str = "", **plugins: dict[str, Any]) -> Runtime:
        extra = [inline_plugin(Plugin(id=name, title=name), version="1.2.3", **hooks) for name, hooks in plugins.items()]
        return make_site(extra=extra, migrate=False, more=more)

    return make


def test_answers_say_who_gave_them_and_none_is_no_answer(boots: Boots) -> None:
    runtime = boots(a={"navigation": lambda: ["x"]}, b={"navigation": lambda: None}, c={"navigation": lambda ctx: []})
    answers = runtime.hooks.each(web.navigation, runtime.context())
    assert answers == [("a", "1.2.3", ["x"]), ("c", "1.2.3", [])]
    assert [(answer.plugin, answer.version) for answer in answers] == [("a", "1.2.3"), ("c", "1.2.3")]


def test_the_first_answer_wins_and_those_after_it_are_not_asked(boots: Boots) -> None:
    asked: list[str] = []

    def asking(name: str, answer: object) -> Callable[[Sequence[Demand]], object]:
        def stock_sources(demands: Sequence[Demand]) -> object:
            asked.append(name)
            return answer

        return stock_sources

    runtime = boots(
        a={"stock_sources": asking("a", None)}, b={"stock_sources": asking("b", [])}, c={"stock_sources": asking("c", [])}
    )
    answer = runtime.hooks.first(goods.stock_sources, runtime.context(), [Demand("X")])
    assert answer is not None
    assert (answer.plugin, answer.value, asked) == ("b", [], ["a", "b"])


def test_an_implementation_takes_the_arguments_it_names_in_its_own_order(boots: Boots) -> None:
    seen: list[object] = []
    runtime = boots(a={"page_tags": lambda values, view: seen.append((values, view))})
    runtime.hooks.each(web.page_tags, runtime.context(), "shop/page.html", {"k": 1})
    assert seen == [({"k": 1}, "shop/page.html")]


def test_each_key_goes_to_the_first_plugin_that_answers_it(boots: Boots) -> None:
    asked: list[tuple[str, ...]] = []

    def knowing(*known: str) -> Callable[[Sequence[str]], dict[str, Item]]:
        def resolve_items(skus: Sequence[str]) -> dict[str, Item]:
            asked.append(tuple(skus))
            return {sku: Item(sku, f"of {known[0]}") for sku in (*known, "unasked")}

        return resolve_items

    runtime = boots(
        a={"resolve_items": knowing("1", "2")}, b={"resolve_items": knowing("2", "3")}, c={"resolve_items": knowing("9")}
    )
    ctx = runtime.context()
    found = runtime.hooks.merged(goods.resolve_items, ["1", "2", "3", "1"], lambda missing: (ctx, missing))
    assert {sku: (answer.plugin, answer.value.title) for sku, answer in found.items()} == {
        "1": ("a", "of 1"), "2": ("a", "of 1"), "3": ("b", "of 2"),
    }  # fmt: skip
    assert asked == [("1", "2", "3"), ("3",)]


def test_a_closed_hook_that_raises_fails_with_the_plugins_name(boots: Boots) -> None:
    runtime = boots(a={"pricing_facts": lambda: {"fine": 1}}, b={"pricing_facts": lambda: {}["rate"]})
    with pytest.raises(PluginFailed, match=r"plugin b 1\.2\.3 failed in pricing_facts: KeyError: 'rate'") as caught:
        runtime.hooks.each(pricing.pricing_facts, runtime.context(), None)  # type: ignore[arg-type]
    assert (caught.value.plugin, caught.value.hook, type(caught.value.cause)) == ("b", "pricing_facts", KeyError)


def test_a_refusal_passes_through_signed_by_the_plugin(boots: Boots) -> None:
    def validate_cart() -> None:
        raise Refused(Problem("minimum", "Order for 10 at least."), Problem("x", "y", plugin="other"))

    runtime = boots(rules={"validate_cart": validate_cart})
    with pytest.raises(Refused) as caught:
        runtime.hooks.each(checkout.validate_cart, runtime.context(), None)  # type: ignore[arg-type]
    assert [(p.code, p.plugin) for p in caught.value.problems] == [("minimum", "rules"), ("x", "other")]


def test_of_nested_hooks_the_one_that_failed_is_named(boots: Boots) -> None:
    def validate_cart(ctx: Any) -> object:
        return ctx.hooks.each(pricing.pricing_facts, ctx, None)

    runtime = boots(outer={"validate_cart": validate_cart}, inner={"pricing_facts": lambda: 1 / 0})
    with pytest.raises(PluginFailed) as caught:
        runtime.hooks.each(checkout.validate_cart, runtime.context(), None)  # type: ignore[arg-type]
    assert caught.value.plugin == "inner"


def test_an_open_hook_that_raises_renders_nothing_and_is_switched_off_at_last(boots: Boots) -> None:
    asked: list[int] = []

    def navigation() -> object:
        asked.append(1)
        raise RuntimeError("no shelf")

    runtime = boots(bad={"navigation": navigation}, good={"navigation": lambda: ["x"]})
    for _ in range(calls.FAILURES_UNTIL_OFF + 3):
        assert [a.plugin for a in runtime.hooks.each(web.navigation, runtime.context())] == ["good"]
    assert len(asked) == calls.FAILURES_UNTIL_OFF
    (off,) = runtime.hooks.switched_off
    assert (off.plugin, off.hook, off.reason, off.resting) == ("bad", "navigation", "RuntimeError: no shelf", False)


def test_a_success_forgives_earlier_failures(boots: Boots) -> None:
    turns = iter([True, False] * calls.FAILURES_UNTIL_OFF)

    def navigation() -> list[str]:
        if next(turns):
            raise RuntimeError
        return ["x"]

    runtime = boots(moody={"navigation": navigation})
    for _ in range(calls.FAILURES_UNTIL_OFF * 2):
        runtime.hooks.each(web.navigation, runtime.context())
    assert runtime.hooks.switched_off == ()


def test_decoration_over_its_budget_rests_and_is_tried_again(boots: Boots, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def navigation() -> list[str]:
        asked.append(1)
        time.sleep(0.002)
        return ["x"]

    monkeypatch.setattr(calls, "REST_SECONDS", 0.05)
    runtime = boots(slow={"navigation": navigation}, more="[hooks]\nslow = 0.001")
    for _ in range(calls.OVERRUNS_UNTIL_REST + 4):
        runtime.hooks.each(web.navigation, runtime.context())
    assert len(asked) == calls.OVERRUNS_UNTIL_REST
    (off,) = runtime.hooks.switched_off
    assert (off.plugin, off.resting) == ("slow", True)
    time.sleep(0.06)
    assert len(runtime.hooks.each(web.navigation, runtime.context())) == 1
    assert len(asked) == calls.OVERRUNS_UNTIL_REST + 1


def test_a_slow_closed_hook_is_never_left_out(boots: Boots) -> None:
    def pricing_facts() -> int:
        time.sleep(0.002)
        return 1

    runtime = boots(slow={"pricing_facts": pricing_facts}, more="[hooks]\nslow = 0.001")
    for _ in range(calls.OVERRUNS_UNTIL_REST + 2):
        assert len(runtime.hooks.each(pricing.pricing_facts, runtime.context(), None)) == 1  # type: ignore[arg-type]


def test_decoration_handed_over_earlier_is_shielded_alike(boots: Boots) -> None:
    runtime = boots(a={})

    def render(ctx: object, *, product: str) -> str:
        if product == "bad":
            raise ValueError("bad product")
        return f"<b>{product}</b>"

    shielded = runtime.hooks.shielded
    assert shielded("a", "slot x", render, None, product="cup") == "<b>cup</b>"
    for _ in range(calls.FAILURES_UNTIL_OFF):
        assert shielded("a", "slot x", render, None, product="bad") is None
    assert shielded("a", "slot x", render, None, product="cup") is None
    assert [(off.plugin, off.hook) for off in runtime.hooks.switched_off] == [("a", "slot x")]


def test_a_stream_yields_item_by_item_and_survives_one_that_breaks_midway(boots: Boots) -> None:
    def breaking() -> Iterator[str]:
        yield "a1"
        raise RuntimeError("disk full")

    runtime = boots(a={"sitemap": breaking}, b={"sitemap": lambda: iter(["b1", "b2"])})
    stream = runtime.hooks.stream(web.sitemap, runtime.context())
    assert [(answer.plugin, answer.value) for answer in stream] == [("a", "a1"), ("b", "b1"), ("b", "b2")]


def test_what_is_no_hook_can_not_be_called(boots: Boots) -> None:
    runtime = boots(a={})
    with pytest.raises(TypeError, match="is no hook"):
        runtime.hooks.each(len, [])
    with pytest.raises(TypeError, match="by position"):
        runtime.hooks.each(web.navigation, ctx=runtime.context())


def test_whether_a_hook_is_implemented(boots: Boots) -> None:
    runtime = boots(a={"health": lambda ctx: []})
    assert runtime.hooks.implemented(operations.health)
    assert not runtime.hooks.implemented(web.navigation)


def test_each_call_is_timed_per_plugin_and_hook(boots: Boots) -> None:
    runtime = boots(timed={"navigation": lambda ctx: []})

    def counted() -> float:
        values = [
            sample.value
            for metric in REGISTRY.collect() for sample in metric.samples
            if sample.name == "marketry_hook_calls_total" and sample.labels["plugin"] == "timed"
        ]  # fmt: skip
        return sum(values)

    before = counted()
    for _ in range(1500):
        runtime.hooks.each(web.navigation, runtime.context())
    assert counted() - before == 1500


def test_the_marker_takes_no_options() -> None:
    from marketry import hookimpl

    for options in ({"tryfirst": True}, {"trylast": True}, {"wrapper": True}, {"hookwrapper": True}):
        with pytest.raises(TypeError, match="use @order"):
            hookimpl(**options)

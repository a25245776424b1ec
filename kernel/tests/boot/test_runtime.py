"""A booted site: what is collected from plugins, two sites side by side, safe mode, a database that isn't there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import pytest

from marketry import Plugin, hookimpl
from marketry.boot import boot
from marketry.commerce.fold import PricingStep
from marketry.commerce.quote import Stage
from marketry.hookspecs import pricing, web
from marketry.jobs.values import Job
from marketry.plugins.discovery import Installed
from marketry.plugins.failures import BootStopped
from marketry.testing import SiteFactory, inline_plugin, write_site
from marketry.web.values import SYSTEM, Asset


def inline(name: str, *, version: str = "1.0.0", hooks: Mapping[str, Any] | None = None, **fields: Any) -> Installed:
    return inline_plugin(Plugin(id=name, title=name, **fields), version=version, **(hooks or {}))


def test_collected_values_carry_the_plugin_and_its_version(make_site: SiteFactory) -> None:
    def pricing_steps() -> Sequence[PricingStep]:
        return [PricingStep("sale", Stage.LINE, lambda quote, facts: [])]

    runtime = make_site(extra=[inline("promo", version="3.1", hooks={"pricing_steps": pricing_steps})], migrate=False)
    (step,) = runtime.collected(pricing.pricing_steps)
    assert (step.name, step.plugin, step.version) == ("sale", "promo", "3.1")
    assert runtime.collected(pricing.pricing_steps)[0] is step


def test_collecting_asks_once_per_arguments(make_site: SiteFactory) -> None:
    asked: list[str] = []

    def assets(area: str) -> Sequence[Asset]:
        asked.append(area)
        return [Asset(f"look/{area}.css")]

    runtime = make_site(extra=[inline("look", hooks={"assets": assets})], migrate=False)
    for area in ("shop", "admin", "shop"):
        assert runtime.collected(web.assets, area) == (Asset(f"look/{area}.css"),)
    assert asked == ["shop", "admin"]


def test_a_provider_is_found_by_its_code(make_site: SiteFactory) -> None:
    provider = SimpleNamespace(code="cash", kind="deferred")
    runtime = make_site(extra=[inline("till", hooks={"payment_providers": lambda: [provider]})], migrate=False)
    assert runtime.provider("cash") is provider
    assert runtime.provider("card") is None


class Greeter(Protocol):
    def greet(self) -> str: ...


def test_a_service_is_found_by_its_protocol(make_site: SiteFactory) -> None:
    offered = object()
    runtime = make_site(extra=[inline("polite", hooks={"services": lambda: {Greeter: offered}})], migrate=False)
    assert runtime.service(Greeter) is offered
    assert runtime.context().service(Greeter) is offered
    assert runtime.service(Job) is None


def test_two_sites_live_side_by_side(make_site: SiteFactory) -> None:
    def navigation() -> list[str]:
        return ["x"]

    one = make_site(extra=[inline("a", hooks={"navigation": navigation})], name="one")
    two = make_site(extra=[inline("b", hooks={"navigation": navigation})], name="two", locales=["zh"], currencies=["CNY"])
    assert [a.plugin for a in one.hooks.each(web.navigation, one.context())] == ["a"]
    assert [a.plugin for a in two.hooks.each(web.navigation, two.context())] == ["b"]
    assert (one.context().currency, two.context().currency, two.context().locale) == ("USD", "CNY", "zh")
    assert one.database.url != two.database.url
    signed = one.signer("x").dumps(1)
    assert two.signer("x").loads(signed) == 1  # both tests' sites share one key, so only the folder separates them


def test_safe_mode_runs_the_staff_shell_and_what_it_requires(make_site: SiteFactory) -> None:
    extra = [inline("shellish", in_safe_mode=True, requires={"people": ">=1"}), inline("people"), inline("shop_front")]
    runtime = make_site(extra=extra, migrate=False, environ={"MARKETRY_SAFE_MODE": "1"}, critical=["shop_front"])
    assert [plugin.id for plugin in runtime.plugins] == ["people", "shellish"]
    assert runtime.site.safe_mode
    assert set(runtime.listed) == {"shellish", "people", "shop_front"}
    assert not runtime.is_outdated


def test_a_plugin_that_breaks_at_import_does_not_stop_safe_mode(make_site: SiteFactory) -> None:
    runtime = make_site("gone", extra=[inline("shellish", in_safe_mode=True)], migrate=False, environ={"MARKETRY_SAFE_MODE": "1"})
    assert [plugin.id for plugin in runtime.plugins] == ["shellish"]


def test_a_theme_that_is_missing_is_set_aside_and_named(make_site: SiteFactory) -> None:
    runtime = make_site(theme="nowhere", migrate=False)
    assert runtime.plugins.themes == ()
    (record,) = runtime.plugins.quarantined
    assert (record.plugin, record.mend) == (
        "nowhere", "Install its package (pip install marketry-theme-nowhere), or take it out of the site.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://shop:hunter2@127.0.0.1:9/shop", "can't be reached"),
        ("mysql://localhost/shop", "The database address can't be used"),
        ("sqlite://", "The database address can't be used"),
    ],
)
def test_a_database_that_can_not_be_used_stops_the_boot_without_telling_its_password(tmp_path: Path, url: str, told: str) -> None:
    with pytest.raises(BootStopped) as caught:
        boot(write_site(tmp_path), environ={"MARKETRY_DATABASE_URL": url})
    assert told in str(caught.value)
    assert "MARKETRY_DATABASE_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_context_outside_requests_has_the_actor_that_it_is_given(make_site: SiteFactory) -> None:
    ctx = make_site(migrate=False).context(actor=SYSTEM, channel="cli")
    assert (ctx.actor, ctx.channel, ctx.allows("anything")) == (SYSTEM, "cli", True)


def test_the_merchants_clock_is_the_only_clock(make_site: SiteFactory) -> None:
    from datetime import UTC, datetime

    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    assert make_site(migrate=False, clock=lambda: noon).context().now() == noon


def test_an_own_hook_of_a_plugin_is_called_like_any_other(
    make_site: SiteFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_hooks.py").write_text(
        "from marketry.plugins.markers import Failure, hookspec\n\n"
        "@hookspec(Failure.CLOSED, first=True)\n"
        "def reviews_moderate(text: str) -> bool | None:\n    'Say whether a text may stand.'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    extra = [
        inline("reviews", hookspecs="own_hooks"),
        inline("strict", requires={"reviews": ">=1"}, hooks={"reviews_moderate": hookimpl(lambda text: "!" not in text)}),
    ]
    runtime = make_site(extra=extra, migrate=False)
    from own_hooks import reviews_moderate  # type: ignore[import-not-found]

    answer = runtime.hooks.first(reviews_moderate, "Buy now!")
    assert answer is not None
    assert (answer.plugin, answer.value) == ("strict", False)

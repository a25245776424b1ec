"""What a hook call costs beside bare pluggy, and what share of a page's CPU hooks take."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pluggy

from benchmarks.load import measure
from benchmarks.pages import PAGES, get
from benchmarks.sites import shop
from benchmarks.tables import aim, show
from marketry import Plugin, hookimpl
from marketry.hookspecs import web
from marketry.plugins.markers import PROJECT
from marketry.runtime import boot
from marketry.testing import inline_plugin

TOML = 'name = "Bench"\nplugins = [{}]\nsecret_key = "{}"\n'


def per_call(call: Callable[[], object], rounds: int = 20_000) -> float:
    """Microseconds per call, the best of five runs."""
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(rounds):
            call()
        best = min(best, time.perf_counter() - start)
    return best / rounds * 1e6


def run() -> None:
    @hookimpl
    def navigation(ctx: object) -> list[object]:
        return []

    names = [f"bench{letter}" for letter in "abcde"]
    extra = [inline_plugin(Plugin(id=name, title=name), navigation=navigation) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "marketry.toml").write_text(TOML.format(", ".join(f'"{n}"' for n in names), "k" * 40))
        runtime = boot(Path(folder), extra=extra)
        ctx = runtime.context()
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(web)
        for name in names:
            manager.register(type(name, (), {"navigation": staticmethod(navigation)})(), name)
        bare = per_call(lambda: manager.hook.navigation(ctx=ctx))
        ours = per_call(lambda: runtime.hooks.each(web.navigation, ctx))
        direct = per_call(lambda: [navigation(ctx) for _ in names])
        runtime.close()
    show(("five implementations", "µs per call"), [("bare pluggy", f"{bare:.2f}"), ("Hooks.each", f"{ours:.2f}")])
    aim("Hooks.each / bare pluggy, with provenance, timing and failure policy", ours / bare, "≤ 2", ours / bare <= 2)
    shares_of_pages((ours - direct) / len(names))


def shares_of_pages(dispatch: float) -> None:
    """What part of a page's CPU goes into calling plugins (not into what they do), at `dispatch` µs per plugin that is called."""
    with shop() as site:
        assert site.web
        for name, path in PAGES:
            called = calls(site.url)
            for _ in range(20):
                httpx.get(site.url + path)
            each = (calls(site.url) - called) / 20
            page = asyncio.run(measure(name, site.port, get(path), root_pid=site.web.pid))
            share = each * dispatch / (page.cpu / page.rounds * 1e6)
            aim(f"hook dispatch in the CPU of the page {name} ({each:.0f} calls), %", share * 100, "≤ 5", share <= 0.05)


def calls(url: str) -> float:
    """Answers of plugins to hooks so far, as /metrics counts them."""
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("marketry_hook_calls_total"))

"""Uncached list and product pages beside a bare ASGI reply and a bare four-query page, one worker each."""

import asyncio

from benchmarks.load import HEADINGS, Connection, Result, Scenario, measure
from benchmarks.sites import bare, shop
from benchmarks.tables import aim, show

PAGES = (("list", "/categories/mugs-cups"), ("product", "/products/hearth-mug"), ("home", "/"))


def get(path: str) -> Scenario:
    async def scenario(connection: Connection) -> None:
        status, _, body = await connection.send("GET", path)
        assert status == 200, (status, path, body[:200])

    return scenario


def run() -> None:
    results: list[Result] = []
    for target, name, path in (
        ("benchmarks.bare:reply", "bare ASGI reply, 20 kB", "/"),
        ("benchmarks.bare:four_queries --factory", "bare four-query page", "/categories/mugs"),
    ):
        with bare(target) as (port, pid):
            results.append(asyncio.run(measure(name, port, get(path), root_pid=pid)))
    for database in ("sqlite", "postgresql"):
        with shop(database) as site:
            for name, path in PAGES:
                assert site.web
                results.append(asyncio.run(measure(f"{name}, {database}", site.port, get(path), root_pid=site.web.pid)))
    show(HEADINGS, (result.row() for result in results))
    base = results[1].rate
    for result in results[2:]:
        by_cpu = (results[1].cpu / results[1].rounds) / (result.cpu / result.rounds)
        name = f"{result.name} / bare four-query page (by CPU, which other processes disturb less: {by_cpu:.2f})"
        aim(name, result.rate / base, "≥ 0.60", result.rate / base >= 0.6)

"""List and product pages, drawn and kept, beside a bare ASGI reply and a bare four-query page, one worker each."""

import asyncio
from statistics import median

import httpx

from benchmarks.load import HEADINGS, Connection, Result, Scenario, measure
from benchmarks.sites import bare, shop
from benchmarks.tables import aim, show
from marketry.testing import servers

PAGES = (("list", "/categories/mugs-cups"), ("product", "/products/hearth-mug"), ("home", "/"))


DRAWN = {"MARKETRY_PAGECACHE__ENABLED": "false"}


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
        with shop(database, environment=DRAWN) as site:
            for name, path in PAGES:
                assert site.web
                results.append(asyncio.run(measure(f"{name}, {database}", site.port, get(path), root_pid=site.web.pid)))
    show(HEADINGS, (result.row() for result in results))
    base = results[1].rate
    for result in results[2:]:
        by_cpu = (results[1].cpu / results[1].rounds) / (result.cpu / result.rounds)
        name = f"{result.name} / bare four-query page (by CPU, which other processes disturb less: {by_cpu:.2f})"
        aim(name, result.rate / base, "≥ 0.60", result.rate / base >= 0.6)
    kept()


def kept() -> None:
    """A kept page, and a bare ASGI reply of as many bytes, many times in turn: what else the machine does hits both."""
    path = "/products/hearth-mug"
    # With Redis jobs are a worker's: none of them (making pictures after the import) runs in the process that is measured.
    with shop("sqlite", environment={"MARKETRY_REDIS_URL": servers.redis()}) as site, httpx.Client(base_url=site.url) as client:
        assert site.web
        size = len(client.get(path).content)
        with bare("benchmarks.bare:reply", BARE_BYTES=str(size)) as (port, pid):
            pairs = [
                (
                    asyncio.run(measure(f"bare ASGI reply, {size} bytes", port, get("/"), root_pid=pid, seconds=1.5, warm=0.3)),
                    asyncio.run(measure("kept page", site.port, get(path), root_pid=site.web.pid, seconds=1.5, warm=0.3)),
                )
                for _ in range(9)
            ]
    show(HEADINGS, (result.row() for pair in pairs for result in pair))
    by_rate = median(page.rate / reply.rate for reply, page in pairs)
    by_cpu = median((reply.cpu / reply.rounds) / (page.cpu / page.rounds) for reply, page in pairs)
    aim("kept page / bare reply of the same bytes, by CPU per request", by_cpu, "≥ 0.50", by_cpu >= 0.5)
    aim("the same by rate, which others on the machine disturb", by_rate, "≥ 0.50", by_rate >= 0.5)

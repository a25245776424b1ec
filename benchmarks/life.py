"""Start-up, memory of two workers after load, and the speed of an import."""

import asyncio
import time
from pathlib import Path

from benchmarks.load import measure, memory_bytes
from benchmarks.pages import get
from benchmarks.sites import shop
from benchmarks.tables import aim
from marketry.testing.running import RunningSite

ROWS = 10_000


def run() -> None:
    with shop(workers=2) as site:
        assert site.web
        for path in ("/categories/mugs-cups", "/products/hearth-mug", "/search?q=mug"):
            asyncio.run(measure(path, site.port, get(path), root_pid=site.web.pid, seconds=3))
        memory = memory_bytes(site.web.pid) / 2**20
        aim("two workers and their supervisor after load, MiB (proportional)", memory, "≤ 220", memory <= 220)
        site.stop()
        start = time.perf_counter()
        site.start("--workers", "1")
        seconds = time.perf_counter() - start
        aim("start-up until /healthz answers, s", seconds, "≤ 1.5", seconds <= 1.5)
        rate = import_rate(site)
        aim("rows imported per second", rate, "≥ 2000", rate >= 2000)


def import_rate(site: RunningSite) -> float:
    """Product and variant rows per second of `marketry catalog import`, the start of the command left out."""
    folder = site.folder / "many"
    write_goods(folder)
    begin = time.perf_counter()
    site.command("catalog", "--help")
    idle = time.perf_counter() - begin
    start = time.perf_counter()
    site.command("catalog", "import", str(folder))
    return 2 * ROWS / (time.perf_counter() - start - idle)


def write_goods(folder: Path) -> None:
    folder.mkdir()
    with (folder / "products.csv").open("w") as products, (folder / "variants.csv").open("w") as variants:
        products.write("handle,categories,title_en,title_zh,summary_en,summary_zh,tax_class,published\r\n")
        variants.write("product,sku,price_usd,price_eur,price_cny,weight_g,stock_main\r\n")
        for n in range(ROWS):
            products.write(f"thing-{n},mugs-cups,Thing {n},物件 {n},A thing.,一件物件。,standard,true\r\n")
            variants.write(f"thing-{n},THING-{n},2500,2500,17500,500,10\r\n")

"""What machines read of a shop: the feed for shopping sites, the sitemap's index, its last part and all of them, with 1,000
products and with 100,000; and how much memory the process takes meanwhile, which mustn't grow with the shop."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

from benchmarks.search import SIZES, stocked
from benchmarks.tables import aim, show
from marketry.runtime import Runtime
from marketry.testing.clients import client_of

MEGABYTE = 1024.0  # kB, as /proc counts


def run() -> None:
    rows: list[tuple[str, ...]] = []
    found: dict[tuple[str, int], tuple[float, float]] = {}
    for size in SIZES:
        with stocked("sqlite", size, index=False) as runtime:
            for name, seconds, grown in measured(runtime):
                found[name, size] = seconds, grown
                rows.append((f"{name}, {size:,} products", f"{seconds:.2f}", f"{size / seconds:,.0f}", f"{grown:.0f}"))
    show(("in process, one thread", "s of CPU", "products per second", "MB more"), rows)
    small, large = SIZES
    for name in dict.fromkeys(name for name, _ in found):
        grown = found[name, large][1]
        aim(f"{name}: MB more at {large:,} products", grown, "≤ 64", grown <= 64)
    for name in ("feed, XML", "all parts of the sitemap"):
        ratio = found[name, large][0] / found[name, small][0] / (large / small)
        aim(f"{name}: cost of a product, {large:,} / {small:,}", ratio, "≤ 1.5", ratio <= 1.5)


def measured(runtime: Runtime) -> Iterator[tuple[str, float, float]]:
    client = client_of(runtime)

    def read(path: str) -> bytes:
        """Piece by piece, as a server sends it."""
        with client.stream("GET", path) as answer:
            assert answer.status_code == 200, path
            first = b""
            for piece in answer.iter_bytes():
                first = first or piece
            return first

    parts = client.get("/sitemap.xml").text.count("<loc>")  # and everything is imported and at hand

    def all_parts() -> None:
        for number in range(1, parts + 1):
            read(f"/sitemaps/{number}.xml")

    calls: dict[str, Callable[[], object]] = {
        "feed, XML": lambda: read("/feeds/products.xml"),
        "feed, tabs": lambda: read("/feeds/products.tsv"),
        "index of the sitemap": lambda: read("/sitemap.xml"),
        "last part of the sitemap": lambda: read(f"/sitemaps/{parts}.xml"),
        "all parts of the sitemap": all_parts,
    }
    for name, call in calls.items():
        before = _most_memory(anew=True)
        start = process_time()
        call()
        yield name, process_time() - start, (_most_memory() - before) / MEGABYTE


def _most_memory(*, anew: bool = False) -> int:
    """The most kB this process has held, counted `anew` from what it holds now (proc(5), clear_refs)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))

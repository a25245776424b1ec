"""Fill the sample shop: catalogue, pages and journal, by the real importers, delivery zones to begin with, a year of orders."""

from pathlib import Path

from history import write_history

from marketry.runtime import Runtime
from marketry.web.values import SYSTEM
from marketry_catalog.api import is_empty
from marketry_catalog.importing.run import import_catalogue
from marketry_pages.api import import_pages
from marketry_shipping.api import ensure_default_zones

CATALOGUE = Path(__file__).resolve().parent / "catalogue"


def fill(runtime: Runtime) -> None:
    """Import the catalogue into a shop without products; a shop that has some is left as it is.

    So what staff change, and what buyers leave of the stock, outlasts the next start. A start that was cut off is taken up again.
    """
    ctx = runtime.context(actor=SYSTEM, channel="cli")
    with ctx.writing():
        ensure_default_zones(ctx)
    unfinished = runtime.site.var_dir / "filling"
    if not is_empty(ctx) and not unfinished.exists():
        return
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    report = import_catalogue(ctx, CATALOGUE, own_pictures=True, keep_stock=True)
    if report.error_count:
        raise RuntimeError("\n".join(f"{e.file} row {e.row} {e.column}: {e.reason}" for e in report.errors))
    for folder in ("policies", "posts"):
        if wrong := import_pages(ctx, CATALOGUE / folder, own_pictures=True).errors:
            raise RuntimeError("\n".join(f"{e.file} {e.column}: {e.reason}" for e in wrong))
    write_history(runtime, say=lambda text: print(f"· {text}", flush=True))
    unfinished.unlink()

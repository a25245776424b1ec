"""A small catalogue in the importer's own format."""

from collections.abc import Mapping
from pathlib import Path

from marketry.testing.running import RunningSite
from marketry.web.values import SYSTEM
from marketry_catalog.importing.run import import_catalogue
from marketry_shipping.defaults import ensure_default_zones

PRODUCTS = "handle,categories,title_en,title_zh,summary_en,summary_zh,tax_class,published"
VARIANTS = "product,sku,price_usd,price_eur,price_cny,weight_g,stock_main"


def stock_up(running: RunningSite, stock: Mapping[str, int], price: int = 2500) -> None:
    """Import a product per SKU with so many units, all at `price` minor units."""
    folder = running.folder / "goods"
    folder.mkdir(exist_ok=True)
    _write(folder / "categories.csv", "handle,parent,position,name_en,name_zh", ["things,,1,Things,物件"])
    products = [f"{sku.lower()},things,Thing {sku},物件 {sku},A thing.,一件物件。,standard,true" for sku in stock]
    variants = [f"{sku.lower()},{sku},{price},{price},{price * 7},500,{units}" for sku, units in stock.items()]
    _write(folder / "products.csv", PRODUCTS, products)
    _write(folder / "variants.csv", VARIANTS, variants)
    import_goods(running, folder)


def import_goods(running: RunningSite, folder: Path) -> None:
    """As `marketry catalog import` does."""
    with running.booted() as runtime:
        report = import_catalogue(runtime.context(actor=SYSTEM, channel="cli"), folder)
        assert report.error_count == 0, report


def deliver(running: RunningSite) -> None:
    """As `marketry shipping start` does."""
    with running.booted() as runtime, (ctx := runtime.context(actor=SYSTEM, channel="cli")).writing():
        assert ensure_default_zones(ctx)


def _write(path: Path, head: str, rows: list[str]) -> None:
    path.write_text("\r\n".join([head, *rows, ""]), encoding="utf-8")

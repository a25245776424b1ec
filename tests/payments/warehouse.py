"""What the shop of these tests sells: one product per SKU, priced in the currencies that a scenario needs."""

from collections.abc import Mapping

from tests.goods import import_goods

from marketry.testing.running import RunningSite

PLENTY = 100_000
Prices = Mapping[str, int]


def stock_up(site: RunningSite, goods: Mapping[str, Prices]) -> None:
    """Import `goods` ({SKU: {currency: minor units}}), of each more than anybody buys; of those called LAST… one."""
    folder = site.folder / "goods"
    folder.mkdir()
    currencies = sorted({currency for prices in goods.values() for currency in prices})
    head = ",".join(["product", "sku", *(f"price_{currency.lower()}" for currency in currencies), "weight_g", "stock_main"])
    variants = [
        ",".join(
            [
                sku.lower(),
                sku,
                *(str(prices.get(currency, "")) for currency in currencies),
                "500",
                "1" if sku.startswith("LAST") else str(PLENTY),
            ]
        )
        for sku, prices in goods.items()
    ]
    products = [f"{sku.lower()},Thing {sku},物件 {sku},standard,true" for sku in goods]
    for name, lines in {
        "products": ["handle,title_en,title_zh,tax_class,published", *products],
        "variants": [head, *variants],
    }.items():
        (folder / f"{name}.csv").write_text("\r\n".join([*lines, ""]), encoding="utf-8")
    import_goods(site, folder)

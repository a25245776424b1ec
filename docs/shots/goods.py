"""Goods beside the sample's: a bowl whose names are as long as they get, one that is sold out, a category of several pages."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

MANY = 130  # tiles in the category of many pages
LONG_ZH = "多瑙河蒸汽航运公司周年纪念手工拉坯两度入窑三次施釉船长专用特大号早餐碗（含亚麻餐垫与橡木勺）"
LONG_EN = "Donaudampfschifffahrtsgesellschaft’s Commemorative Hand-Thrown, Twice-Fired and Thrice-Glazed Bowl for Captains"
CATEGORY = ("handle", "parent", "position", "name_en", "name_zh")
PRODUCT = (
    "handle", "categories", "title_en", "title_zh", "summary_en", "summary_zh", "description_en", "description_zh", "tax_class",
    "published",
)  # fmt: skip
VARIANT = (
    "product", "sku", "option1_name_en", "option1_name_zh", "option1_value_en", "option1_value_zh", "price_usd", "price_eur",
    "price_cny", "weight_g", "stock_main",
)  # fmt: skip
Rows = dict[str, list[tuple[str, ...]]]


def add_goods(folder: Path, environment: dict[str, str]) -> None:
    """Into the shop of `folder`, by the real importer; once."""
    goods = folder / "var" / "gallery-goods"
    if goods.exists():
        return
    try:
        goods.mkdir(parents=True)
        for name, lines in rows().items():
            with (goods / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(lines)
        command = [sys.executable, "-m", "marketry.cli", "catalog", "import", str(goods)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**environment, "MARKETRY_SITE": str(folder)})
    except subprocess.CalledProcessError:
        shutil.rmtree(goods)
        raise


def rows() -> Rows:
    none = ("",) * 4
    made: Rows = {
        "categories": [CATEGORY, ("many-tiles", "notebooks-desk", "1", "Test tiles of glazes, all of them", "试釉小样全集")],
        "products": [
            PRODUCT,
            ("long-bowl", "bowls-plates", *(LONG_EN, LONG_ZH) * 3, "standard", "true"),
            ("gone-bowl", "bowls-plates", "The bowl that went", "卖完的碗", *none, "standard", "true"),
        ],
        "variants": [
            VARIANT,
            ("long-bowl", "LONG-1", LONG_EN[:40], LONG_ZH[:20], LONG_EN[:60], LONG_ZH, "12800", "11800", "89800", "900", "7"),
            ("gone-bowl", "GONE-1", *none, "4200", "3900", "29900", "500", "0"),
        ],
    }
    for n in range(1, MANY + 1):
        made["products"].append((f"tile-{n}", "many-tiles", f"Test tile {n}", f"试釉小样 {n}", *none, "standard", "true"))
        prices = (str(400 + n), str(400 + n), str(2_800 + n))
        made["variants"].append((f"tile-{n}", f"TILE-{n}", *none, *prices, "90", str(n % 5)))
    return made

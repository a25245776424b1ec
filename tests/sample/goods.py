"""The sample's catalogue for tests that buy and don't look: the same goods, without the pictures that take long to draw."""

import csv
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "sample_site"


def goods_without_pictures(folder: Path) -> Path:
    """A new folder `folder` of files to import; returns it."""
    folder.mkdir()
    for table in ("categories", "products", "variants"):
        with (SAMPLE / "catalogue" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [{name: value for name, value in row.items() if name != "picture"} for row in csv.DictReader(file)]
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return folder

"""A small catalogue for tests, written as the files that an importer reads."""

import csv
from io import BytesIO
from pathlib import Path

from PIL import Image

from marketry.web.values import SYSTEM
from marketry_catalog.importing.run import import_catalogue

FILES = {
    "categories": """\
handle,parent,position,name_en,name_zh
kitchen,,1,Kitchen,厨房
cups,kitchen,1,Cups,杯子
living,,2,Living,起居
""",
    "products": """\
handle,categories,title_en,title_zh,summary_en,summary_zh,tags,published
bowl,kitchen,Rice Bowl,饭碗,A bowl.,一只碗。,new stoneware,true
mug,cups living,Hearth Mug,炉边马克杯,A mug.,一只马克杯。,gift,true
secret,living,Secret,秘密,Not yet.,还没有。,,false
""",
    "variants": """\
product,sku,option1_name_en,option1_name_zh,option1_value_en,option1_value_zh,price_usd,price_eur,compare_at_usd,weight_g,stock_main,stock_studio
bowl,BOWL,,,,,1800,1700,,300,5,1
mug,MUG-OAT,Colour,颜色,Oat,燕麦,2800,2600,3000,380,10,2
mug,MUG-INK,Colour,颜色,Ink,墨蓝,3200,2900,,380,0,0
secret,SECRET,,,,,100,100,,1,9,0
""",
}


def write_files(folder: Path, **files: str) -> Path:
    """`name=content` as folder/name.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, "utf-8")
    return folder


def context(runtime, **options):
    return runtime.context(actor=SYSTEM, channel="cli", **options)


def load(runtime, folder: Path, **files: str):
    """Import `files` (default: FILES) and return the report."""
    return import_catalogue(context(runtime), write_files(folder, **(files or FILES)))


def filled(make_site, tmp_path, *plugins, **options):
    """A site with the catalogue of FILES."""
    runtime = make_site("catalog", *plugins, **options)
    report = load(runtime, tmp_path / "files")
    assert report.errors == []
    return runtime


def picture(colour="red", size=(40, 50)) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, colour).save(target, "PNG")
    return target.getvalue()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))

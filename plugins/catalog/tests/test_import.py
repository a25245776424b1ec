"""Import: right rows are written, wrong ones are named and change nothing, the same file again changes nothing."""

import json

import pytest
from plugins.catalog.tests.shelves import FILES, context, filled, load, write_files
from plugins.catalog.tests.shelves import picture as png
from sqlalchemy import func, select

from marketry.commerce.stock import StockKeeper
from marketry_catalog.importing.run import import_catalogue
from marketry_catalog.models.attributes import attribute_value
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import price, price_range, product, variant
from marketry_catalog.models.stock import movement, stock_level


@pytest.fixture
def shop(database, make_site, tmp_path):
    return filled(make_site, tmp_path)


def wrong(report):
    return [(e.file, e.row, e.column, e.reason) for e in report.errors]


def everything(runtime):
    """All rows of the catalogue as text, to see that nothing changed."""
    tables = (product, variant, price, price_range, category_product, stock_level, movement, picture)
    with context(runtime).reading() as session:
        return json.dumps([sorted(list(map(str, row)) for row in session.execute(table.select())) for table in tables])


def test_a_folder_is_imported_in_the_order_of_its_dependencies(database, make_site, tmp_path):
    report = load(make_site("catalog"), tmp_path / "files")
    counts = {file: (c.created, c.updated, c.unchanged, c.failed) for file, c in report.counts.items()}
    assert counts == {"categories.csv": (3, 0, 0, 0), "products.csv": (3, 0, 0, 0), "variants.csv": (4, 0, 0, 0)}


def test_the_same_files_again_change_nothing(shop, tmp_path):
    before = everything(shop)
    report = load(shop, tmp_path / "files")
    assert [(c.created, c.updated, c.failed) for c in report.counts.values()] == [(0, 0, 0)] * 3
    assert everything(shop) == before


def test_a_dry_run_checks_references_within_the_files_and_writes_nothing(database, make_site, tmp_path):
    runtime = make_site("catalog")
    before = everything(runtime)
    report = import_catalogue(context(runtime), write_files(tmp_path / "files", **FILES), dry_run=True)
    assert wrong(report) == []
    assert report.rows == 10
    assert everything(runtime) == before


def test_wrong_rows_are_named_and_the_others_are_written(shop, tmp_path):
    report = load(
        shop,
        tmp_path / "more",
        variants="""\
product,sku,price_usd,compare_at_usd,stock_main
bowl,BOWL,1900,,5
nosuch,X-1,100,,1
bowl,X-2,12.50,,1
mug,X-3,100,90,-1
mug,X-4,1e3,,1
""",
    )
    assert sorted(wrong(report)) == [
        ("variants.csv", 3, "product", "there is no product 'nosuch'"),
        ("variants.csv", 4, "price_usd", "'12.50' is no whole number"),
        ("variants.csv", 5, "compare_at_usd", "must be above the price"),
        ("variants.csv", 5, "stock_main", "'-1' is no whole number"),
        ("variants.csv", 6, "price_usd", "'1e3' is no whole number"),
    ]
    assert (report.count("variants.csv").updated, report.count("variants.csv").failed) == (1, 4)
    with context(shop).reading() as session:
        assert session.execute(select(price.c.amount).where(price.c.amount == 1900)).scalar() == 1900
        assert session.execute(select(func.count()).select_from(variant)).scalar() == 4


def test_an_unknown_column_stops_its_file_whole(shop, tmp_path):
    before = everything(shop)
    report = load(shop, tmp_path / "more", products="handle,titel_en\nbowl,Bowl\n")
    assert [(e.row, e.column) for e in report.errors] == [(1, "titel_en")]
    assert everything(shop) == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ('handle,title_en\nbowl,"open', "is no CSV: unexpected end of data"),
        ("handle,handle\nbowl,bowl\n", "the column 'handle' occurs twice"),
        ("title_en\nBowl\n", "the column 'handle' is missing"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(make_site, tmp_path, content, reason):
    assert [e.reason for e in load(make_site("catalog"), tmp_path / "more", products=content).errors] == [reason]


def test_a_file_that_is_not_utf_8_says_where(make_site, tmp_path):
    write_files(tmp_path, products="")
    (tmp_path / "products.csv").write_bytes(b"handle,title_en\nbowl,B\xff\n")
    report = import_catalogue(context(make_site("catalog")), tmp_path / "products.csv")
    assert len(report.errors) == 1
    assert "is not UTF-8" in report.errors[0].reason


def test_a_single_file_is_known_by_its_header(shop, tmp_path):
    write_files(tmp_path / "one", whatever="product,sku,price_usd\nbowl,BOWL,2000\n")
    report = import_catalogue(context(shop), tmp_path / "one" / "whatever.csv")
    assert (wrong(report), report.count("whatever.csv").updated) == ([], 1)


def test_columns_that_a_file_does_not_have_leave_their_values(shop, tmp_path):
    load(shop, tmp_path / "more", products="handle,title_zh\nbowl,大碗\n")
    with context(shop).reading() as session:
        row = session.execute(product.select().where(product.c.handle == "bowl")).one()
    assert (row.title, row.published, row.tags) == ({"en": "Rice Bowl", "zh": "大碗"}, True, ["new", "stoneware"])


def test_two_variants_of_one_choice_are_refused(shop, tmp_path):
    report = load(shop, tmp_path / "more", variants="product,sku,option1_name_en,option1_value_en\nmug,MUG-TWO,Colour,Oat\n")
    assert wrong(report) == [("variants.csv", 2, "sku", "has the same options as MUG-OAT")]


def test_counted_stock_becomes_a_movement_of_the_difference(shop, tmp_path):
    load(shop, tmp_path / "more", variants="product,sku,stock_main\nbowl,BOWL,3\n")
    with context(shop).reading() as session:
        rows = session.execute(
            select(movement.c.on_hand, movement.c.kind)
            .where(movement.c.sku == "BOWL", movement.c.location == "main")
            .order_by(movement.c.id)
        ).all()
        assert [tuple(r) for r in rows] == [(5, "import"), (-2, "import")]


def test_stock_cannot_be_counted_below_what_is_promised(shop, tmp_path):
    from marketry.commerce.stock import StockSource

    ctx = context(shop)
    with ctx.writing():
        shop.service(StockKeeper).reserve(ctx, "order:A", [StockSource("BOWL", "main", 4)], None)
    before = everything(shop)
    report = load(shop, tmp_path / "more", variants="product,sku,stock_main\nbowl,BOWL,3\n")
    assert wrong(report) == [("variants.csv", 2, "stock_main", "4 units are promised to orders")]
    assert everything(shop) == before


def test_the_price_range_follows_the_prices(shop, tmp_path):
    def of_mug():
        with context(shop).reading() as session:
            return [
                tuple(r)
                for r in session.execute(
                    select(price_range.c.currency, price_range.c.lowest, price_range.c.highest, price_range.c.compare_at)
                    .join(product, product.c.id == price_range.c.product_id)
                    .where(product.c.handle == "mug")
                    .order_by(price_range.c.currency)
                )
            ]

    assert of_mug() == [("EUR", 2600, 2900, None), ("USD", 2800, 3200, 3000)]
    load(shop, tmp_path / "more", variants="product,sku,price_usd,price_eur\nmug,MUG-INK,2700,\n")
    assert of_mug() == [("EUR", 2600, 2600, None), ("USD", 2700, 2800, None)]


def test_pictures_are_stored_once_and_numbered_without_gaps(shop, tmp_path):
    folder = write_files(
        tmp_path / "more",
        pictures="""\
product,file,position,alt_en
mug,b.png,7,Second
mug,a.png,3,First
mug,nosuch.png,1,None
mug,../secret.png,2,None
""",
    )
    (folder / "a.png").write_bytes(png("red"))
    (folder / "b.png").write_bytes(png("blue"))
    report = import_catalogue(context(shop), folder)
    assert wrong(report) == [
        ("pictures.csv", 4, "file", "there is no file 'nosuch.png'"),
        ("pictures.csv", 5, "file", "'../secret.png' lies outside the folder that is imported"),
    ]
    with context(shop).reading() as session:
        rows = session.execute(picture.select().order_by(picture.c.position)).all()
    assert [(r.file, r.position, r.width, r.height) for r in rows] == [("a.png", 1, 40, 50), ("b.png", 2, 40, 50)]
    before = everything(shop)
    import_catalogue(context(shop), folder)
    # Positions 3 and 7 stand for first and second, also the second time.
    assert everything(shop) == before


def test_attributes_are_typed_and_wrong_values_named(shop, tmp_path):
    report = load(
        shop,
        tmp_path / "more",
        attributes="""\
code,kind,unit,decimals,filterable,name_en,choices_en
capacity,number,ml,0,true,Capacity,
glaze,choice,,,true,Glaze,matt=Matt;gloss=Glossy
safe,boolean,,,false,Dishwasher safe,
""",
        products="""\
handle,attribute:capacity,attribute:glaze,attribute:safe
mug,350,matt,yes
bowl,3.5,shiny,perhaps
""",
    )
    assert wrong(report) == [
        ("products.csv", 3, "attribute:capacity", "3.5 has more than 0 decimals"),
        ("products.csv", 3, "attribute:glaze", "'shiny' is none of matt, gloss"),
        ("products.csv", 3, "attribute:safe", "'perhaps' is neither true nor false"),
    ]
    with context(shop).reading() as session:
        rows = session.execute(attribute_value.select().order_by(attribute_value.c.attribute_id)).all()
    assert [(r.number, r.choice) for r in rows] == [(350, None), (None, "matt"), (None, "true")]


def test_a_category_cannot_stand_below_itself(shop, tmp_path):
    report = load(shop, tmp_path / "more", categories="handle,parent\nkitchen,cups\n")
    assert wrong(report) == [("categories.csv", 2, "parent", "a category can't stand below itself")]


def test_memory_and_time_stay_bounded_over_many_rows(make_site, tmp_path):
    import time
    import tracemalloc

    n = 3_000
    lines = ["handle,categories,title_en,published", *(f"p{i},kitchen,Product {i},true" for i in range(n))]
    variants = ["product,sku,price_usd,stock_main", *(f"p{i},SKU{i},{100 + i},5" for i in range(n))]
    folder = write_files(
        tmp_path / "many", categories=FILES["categories"], products="\n".join(lines), variants="\n".join(variants)
    )
    runtime = make_site("catalog")
    started = time.monotonic()
    report = import_catalogue(context(runtime), folder)
    rate = report.rows / (time.monotonic() - started)
    assert (report.error_count, report.rows) == (0, 2 * n + 3)
    assert rate > 300, f"{rate:.0f} rows/s"  # the aim is 2,000; a shared machine may be slow
    tracemalloc.start()
    import_catalogue(context(runtime), folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000, f"{peak / 1e6:.0f} MB"


def test_the_operators_own_pictures_keep_their_bytes_and_others_are_encoded_anew(make_site, tmp_path):
    runtime = make_site("catalog")
    folder = write_files(tmp_path / "own", **FILES, pictures="product,file,position\nmug,a.png,1\n")
    (folder / "a.png").write_bytes(png() + b"appended")

    def stored():
        with context(runtime).reading() as session:
            name = session.execute(select(picture.c.media)).scalar()
        return (runtime.site.var_dir / "media" / name).read_bytes()

    report = import_catalogue(context(runtime), folder, own_pictures=True)
    assert report.errors == []
    assert stored() == png() + b"appended"
    (folder / "a.png").write_bytes(png() + b"appended again")
    import_catalogue(context(runtime), folder)
    assert not stored().endswith(b"appended again")

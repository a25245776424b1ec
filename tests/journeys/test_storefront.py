"""What a shopper's browser does with the storefront: little to fetch, nothing jumps, choices are followed, pictures enlarged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request
from tests.conftest import BANK
from tests.goods import deliver, import_goods
from tests.journeys.test_guest import PLUGINS, watch

from marketry.testing.running import RunningSite

MOST = 150_000  # bytes of a product page without its pictures, as they travel
SHIFTS = """window.shifted = 0; new PerformanceObserver((list) => { for (const one of list.getEntries())
if (!one.hadRecentInput) window.shifted += one.value }).observe({ type: "layout-shift", buffered: true })"""
PRODUCTS = "handle,categories,title_en,title_zh,summary_en,summary_zh,tax_class,published"
VARIANTS = (
    "product,sku,option1_name_en,option1_name_zh,option1_value_en,option1_value_zh,price_usd,price_eur,price_cny,weight_g,stock_main,"
    "picture"
)
PICTURES = "product,file,position,alt_en,alt_zh,width,height,colour"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """One mug in two colours, each with a picture of its own, and a picture of both."""
    running = RunningSite(tmp_path_factory.mktemp("storefront"), PLUGINS, theme="atelier", more=BANK)
    running.make_tables()
    import_goods(running, written(running.folder / "goods"))
    deliver(running)
    running.start()
    yield running
    running.stop()


def written(folder: Path) -> Path:
    from PIL import Image

    (folder / "pictures").mkdir(parents=True)
    for name, colour in (("oat", "#e4d8c3"), ("ink", "#22304a"), ("both", "#888888")):
        Image.new("RGB", (960, 1200), colour).save(folder / "pictures" / f"{name}.webp")
    rows = {
        "categories": ["handle,parent,position,name_en,name_zh", "cups,,1,Cups,杯子"],
        "products": [PRODUCTS, "mug,cups,Mug,杯,A mug.,一只杯。,standard,true"],
        "variants": [
            VARIANTS, "mug,OAT,Colour,颜色,Oat,燕麦,2500,2500,17500,300,9,pictures/oat.webp",
            "mug,INK,Colour,颜色,Ink,墨,3100,3100,21700,300,2,pictures/ink.webp",
        ],
        "pictures": [
            PICTURES, "mug,pictures/oat.webp,1,Oat mug,燕麦杯,960,1200,#e4d8c3",
            "mug,pictures/ink.webp,2,Ink mug,墨杯,960,1200,#22304a",
            "mug,pictures/both.webp,3,Both,两只,960,1200,#888888",
        ],
    }  # fmt: skip
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\r\n".join([*lines, ""]), "utf-8")
    return folder


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_a_product_page_weighs_little_and_nothing_on_it_jumps(page: Page, shop: RunningSite) -> None:
    fetched: dict[str, int] = {}
    page.add_init_script(SHIFTS)

    def note(request: Request) -> None:
        if request.resource_type != "image":
            fetched[request.url] = request.sizes()["responseBodySize"]

    page.on("requestfinished", note)
    page.goto(f"{shop.url}/products/mug")
    page.wait_for_load_state("networkidle")
    assert 20_000 < sum(fetched.values()) < MOST
    assert page.evaluate("window.shifted") < 0.005  # 0.1 is what a person begins to mind (web.dev/cls)


def test_the_first_picture_comes_first_and_the_others_when_they_are_near(page: Page, shop: RunningSite) -> None:
    page.goto(f"{shop.url}/products/mug")
    pictures = page.locator(".gallery__strip img")
    first, other = pictures.nth(0), pictures.nth(1)
    assert (first.get_attribute("fetchpriority"), first.get_attribute("loading")) == ("high", None)
    assert (other.get_attribute("fetchpriority"), other.get_attribute("loading")) == (None, "lazy")
    assert (first.get_attribute("width"), first.get_attribute("height")) == ("960", "1200")


def test_price_stock_picture_and_address_follow_the_choice_and_the_focus_stays(page: Page, shop: RunningSite) -> None:
    errors = watch(page)
    page.goto(f"{shop.url}/products/mug")
    page.focus("#option-colour-oat")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/products/mug?variant=INK")
    assert page.locator(".product__price").inner_text() == "$31.00"
    assert page.locator(".product__stock").inner_text() == "Only 2 left"
    assert page.locator(".gallery__strip img").first.get_attribute("alt") == "Ink mug"
    assert page.locator("form.buy [name=sku]").input_value() == "INK"
    assert page.evaluate("document.activeElement.id") == "option-colour-ink"
    assert errors == []


def test_without_script_the_choice_is_an_address(browser: Browser, shop: RunningSite) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shop.url}/products/mug")
    page.locator("#option-colour-ink").check()
    page.locator(".product__form button").click()
    assert page.url == f"{shop.url}/products/mug?variant=INK"
    assert page.locator(".product__price").inner_text() == "$31.00"
    context.close()


def test_a_picture_is_enlarged_in_a_dialog_and_by_its_address_without_script(
    browser: Browser, page: Page, shop: RunningSite
) -> None:
    page.goto(f"{shop.url}/products/mug")
    page.locator(".gallery__strip a").first.click()
    page.wait_for_selector("#zoom[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#zoom:not([open])", state="attached")
    plain = browser.new_context(java_script_enabled=False)
    without = plain.new_page()
    without.goto(f"{shop.url}/products/mug")
    without.locator(".gallery__strip a").first.click()
    without.wait_for_url("**/media/**")
    plain.close()


def test_in_a_low_window_the_drawer_shows_its_lines(browser: Browser, shop: RunningSite) -> None:
    """1280 by 800 at 200 %: with all of its parts in view at once, the lines would have no room."""
    context = browser.new_context(viewport={"width": 640, "height": 400})
    page = context.new_page()
    page.goto(f"{shop.url}/products/mug")
    page.locator("form.buy button[type=submit]").click()
    line = page.locator("#cart-drawer[open] .cart-line__title")
    line.scroll_into_view_if_needed()
    assert line.evaluate(
        "one => { const box = one.getBoundingClientRect(); return one.contains(document.elementFromPoint(box.x + 4, box.y + 4)) }"
    )
    context.close()


def test_the_menu_of_a_phone_opens_without_script(browser: Browser, shop: RunningSite) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 700})
    page = context.new_page()
    page.goto(f"{shop.url}/")
    link = page.locator("#site-nav a", has_text="Cups")
    assert not link.is_visible()
    page.locator(".site-header__menu").click()
    assert link.is_visible()
    context.close()

"""Every page of the shop without a complaint of axe-core, in both themes, light and dark, on a desk and on a phone; none wider
than the screen. One site per theme serves all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from tests.conftest import BANK
from tests.goods import stock_up
from tests.journeys.test_guest import ADDRESS_FIELDS, PLUGINS, go_on

from marketry.testing.running import RunningSite

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SECTIONS = Path(__file__).parents[2] / "sample_site" / "marketry.toml"


@pytest.fixture(scope="module", params=["atelier", "noir"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp(f"accessible-{request.param}")
    home = SECTIONS.read_text("utf-8").partition("# The home page")[2].partition("[settings.orders]")[0]
    running = RunningSite(folder, PLUGINS, theme=request.param, more=f"{BANK}#{home}")
    running.command("migrate")
    stock_up(running, {"MUG": 10, "BOWL": 0})
    running.command("shipping", "start")
    running.start()
    yield running
    running.stop()


def at(path: str) -> Callable[[Page, str], None]:
    def go(page: Page, shop: str) -> None:
        page.goto(shop + path)

    return go


def added(page: Page, shop: str) -> None:
    """The cart's drawer, open."""
    page.goto(f"{shop}/products/mug")
    page.locator("form.buy button[type=submit]").click()
    page.wait_for_selector("#cart-drawer[open] .drawer__foot")


def cart(page: Page, shop: str) -> None:
    added(page, shop)
    page.goto(f"{shop}/cart")


def address(page: Page, shop: str) -> None:
    added(page, shop)
    page.goto(f"{shop}/checkout")


def delivery(page: Page, shop: str) -> None:
    address(page, shop)
    fill_address(page)
    go_on(page, "/checkout/address")


def payment(page: Page, shop: str) -> None:
    delivery(page, shop)
    page.locator("main input[type=radio]").first.check()
    go_on(page, "/checkout/delivery")


def review(page: Page, shop: str) -> None:
    payment(page, shop)
    page.locator("main input[value=bank_transfer]").check()
    go_on(page, "/checkout/payment")


def order(page: Page, shop: str) -> None:
    review(page, shop)
    go_on(page, "/checkout/place")


def fill_address(page: Page) -> None:
    page.fill("[name=email]", "ada@example.com")
    for field, value in ADDRESS_FIELDS.items():
        box = page.locator(f"[name='shipping.{field}']")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)


PAGES = {
    "home": at("/"), "category": at("/categories/things"), "product": at("/products/mug"), "sold-out": at("/products/bowl"),
    "search": at("/search?q=thing"), "found-nothing": at("/search?q=xylophone"), "empty-cart": at("/cart"), "404": at("/nowhere"),
    "drawer": added, "cart": cart, "address": address, "delivery": delivery, "payment": payment, "review": review, "order": order,
}  # fmt: skip


def complaints(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]]


def context_for(browser: Browser, scheme: str, width: int) -> BrowserContext:
    return browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 800}, reduced_motion="reduce",
        bypass_csp=True,  # axe is put into the page, which a strict policy forbids
    )  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_complain_of_and_nothing_is_wider_than_the_screen(
    browser: Browser, shop: RunningSite, name: str
) -> None:
    """Once by day on a desk in English, once by night on the narrowest phone in Chinese; Noir by night alone."""
    found: dict[str, list[str]] = {}
    ways = (("light", 1280, ""), ("dark", 320, "/zh"))
    for scheme, width, language in ways if "atelier" in shop.folder.name else ways[1:]:
        context = context_for(browser, scheme, width)
        page = context.new_page()
        PAGES[name](page, shop.url + language)
        if width == 320:
            page.evaluate("document.documentElement.dataset.scheme = 'dark'")
        found[scheme] = complaints(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[scheme].append(f"wider than {width} px")
        context.close()
    assert {scheme: said for scheme, said in found.items() if said} == {}
    assert "dark" in found


def test_what_a_finger_meets_on_a_phone_is_large_enough(browser: Browser, shop: RunningSite) -> None:
    """44 px in one direction at least and 24 in the other (WCAG 2.5.5 and 2.5.8), but for links in running text."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    small: dict[str, list[str]] = {}
    for path in ("/", "/products/mug", "/categories/things"):
        page.goto(shop.url + path)
        small[path] = page.evaluate(
            """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, summary, nav a, .button")]
            .filter((one) => one.checkVisibility() && !one.matches(".visually-hidden, .option input, .breadcrumbs *"))
           .map((one) => [one, ((one.matches("[type=checkbox],[type=radio]") && one.labels?.[0]) || one).getBoundingClientRect()])
            .filter(([, box]) => box.width && (Math.max(box.width, box.height) < 44 || Math.min(box.width, box.height) < 24))
            .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
        )
    context.close()
    assert small == {"/": [], "/products/mug": [], "/categories/things": []}


def test_light_or_dark_is_kept_from_page_to_page_and_drawn_before_the_page_is(browser: Browser, shop: RunningSite) -> None:
    context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{shop.url}/")
    page.locator("[data-scheme-chooser] label", has_text="Dark").click()
    page.goto(f"{shop.url}/products/mug")
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.locator("head script[src$='atelier/scheme.js']:not([defer]):not([type=module])").count() == 1
    context.close()


def test_the_drawer_holds_the_focus_and_gives_it_back(browser: Browser, shop: RunningSite) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{shop.url}/products/mug")
    button = page.locator("form.buy button[type=submit]")
    button.focus()
    button.press("Enter")
    page.wait_for_selector("#cart-drawer[open] [role=status]")
    assert page.evaluate("document.querySelector('#cart-drawer').contains(document.activeElement)")
    page.keyboard.press("Escape")
    page.wait_for_selector("#cart-drawer:not([open])", state="attached")
    assert page.evaluate("document.activeElement.closest('form')?.className") == "buy"
    context.close()

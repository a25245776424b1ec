"""Every page of the shop without a complaint of axe-core, in both themes, light and dark, on a desk and on a phone; none wider
than the screen, nothing on a phone too small for a finger. One walk from the home page to the placed order meets them all;
test_customer looks at the pages behind a sign-in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.conftest import BANK
from tests.goods import deliver, stock_up
from tests.journeys.test_guest import ADDRESS_FIELDS, go_on

from marketry.testing.running import RunningSite

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": TAGS, "resultTypes": ["violations"], "iframes": False}
PLUGINS = (
    "catalog",
    "orders",
    "payments_manual",
    "shipping",
    "backoffice",
    "users",
    "pages",
    "wishlist",
    "backinstock",
    "discovery",
)
SECTIONS = Path(__file__).parents[2] / "sample_site" / "marketry.toml"


@dataclass(frozen=True)
class Way:
    """How a visitor meets the shop."""

    scheme: str
    width: int
    language: str


DAY = Way("light", 1280, "")
NIGHT = Way("dark", 320, "/zh")
atelier = pytest.mark.parametrize("shop", ["atelier"], indirect=True)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site filled once; its theme is chosen when it starts."""
    home = SECTIONS.read_text("utf-8").partition("# The home page")[2].partition("[settings.orders]")[0]
    running = RunningSite(tmp_path_factory.mktemp("accessible"), PLUGINS, theme="atelier", more=f"{BANK}#{home}")
    running.make_tables()
    stock_up(running, {"MUG": 10, "BOWL": 0})
    deliver(running)
    yield running
    running.stop()


@pytest.fixture
def shop(request: pytest.FixtureRequest, stocked: RunningSite) -> RunningSite:
    """The site in the theme asked for; it goes on when it runs in it already."""
    if stocked.environment.get("MARKETRY_THEME") != request.param:
        stocked.stop()
        stocked.environment["MARKETRY_THEME"] = request.param
        stocked.start()
    return stocked


Step = Callable[[Page, str], None]


def at(path: str) -> Step:
    def go(page: Page, shop: str) -> None:
        page.goto(shop + path)

    return go


def added(page: Page, shop: str) -> None:
    """The cart's drawer, open."""
    page.goto(f"{shop}/products/mug")
    page.locator("form.buy button[type=submit]").click()
    page.wait_for_selector("#cart-drawer[open] .drawer__foot")


def addressed(page: Page, shop: str) -> None:
    page.fill("[name=email]", "ada@example.com")
    for field, value in ADDRESS_FIELDS.items():
        box = page.locator(f"[name='shipping.{field}']")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    go_on(page, "/checkout/address")


def refused(page: Page, shop: str) -> None:
    page.goto(f"{shop}/checkout")
    page.fill("[name=email]", "nobody@")
    go_on(page, "/checkout/address")


def chosen(value: str, action: str) -> Step:
    def go(page: Page, shop: str) -> None:
        page.locator(f"main input[type=radio]{value}").first.check()
        go_on(page, action)

    return go


def placed(page: Page, shop: str) -> None:
    go_on(page, "/checkout/place")


# In the order of the walk: a step of the checkout goes on from the page before it.
PAGES: dict[str, Step] = {
    "home": at("/"), "category": at("/categories/things"), "product": at("/products/mug"), "sold-out": at("/products/bowl"),
    "search": at("/search?q=thing"), "found-nothing": at("/search?q=xylophone"), "404": at("/nowhere"),
    "journal": at("/journal"), "wish-list": at("/wishlist"), "sign-in": at("/account/sign-in"),
    "register": at("/account/register"), "reset": at("/account/reset"), "track": at("/orders"), "empty-cart": at("/cart"),
    "drawer": added, "cart": at("/cart"), "refused": refused, "address": at("/checkout"), "delivery": addressed,
    "payment": chosen("", "/checkout/delivery"), "review": chosen("[value=bank_transfer]", "/checkout/payment"), "order": placed,
}  # fmt: skip


@atelier
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


@atelier
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


@pytest.mark.parametrize(
    ("shop", "way"), [("atelier", DAY), ("atelier", NIGHT), ("noir", NIGHT)], ids=["day", "night", "noir"], indirect=["shop"]
)
def test_axe_finds_nothing_to_complain_of_nothing_is_wider_than_the_screen_and_a_finger_finds_its_mark(
    browser: Browser, shop: RunningSite, way: Way
) -> None:
    """By day on a desk in English, by night on the narrowest phone in Chinese; Noir, which is the same by day, by night alone."""
    context = browser.new_context(
        color_scheme="dark" if way.scheme == "dark" else "light", viewport={"width": way.width, "height": 800},
        reduced_motion="reduce", has_touch=way is not DAY, is_mobile=way is not DAY,
        bypass_csp=True,  # axe is put into the page, which a strict policy forbids
    )  # fmt: skip
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for name, go in PAGES.items():
        go(page, shop.url + way.language)
        page.evaluate("scheme => { document.documentElement.dataset.scheme = scheme }", way.scheme)
        found[name] = complaints(page) + wider(page) + (small(page) if way is not DAY else [])
    context.close()
    assert {name: said for name, said in found.items() if said} == {}
    assert page.url.partition("?")[0].rpartition("/")[2].isalnum()  # the walk ended at a placed order


def complaints(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]]


def wider(page: Page) -> list[str]:
    return ["wider than the screen"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []


def small(page: Page) -> list[str]:
    """What a finger misses: 44 px in one direction at least and 24 in the other (WCAG 2.5.5 and 2.5.8), but for links in text."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, summary, nav a, .button")]
        .filter((one) => one.checkVisibility() && !one.matches(".visually-hidden, .option input, .breadcrumbs *"))
        .map((one) => [one, ((one.matches("[type=checkbox],[type=radio]") && one.labels?.[0]) || one).getBoundingClientRect()])
        .filter(([, box]) => box.width && (Math.max(box.width, box.height) < 44 || Math.min(box.width, box.height) < 24))
        .map(([one, box]) => `small: ${one.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
    )
    return found

"""A customer opens an account, buys with a saved address, finds the order, buys it again and signs out; in real Chromium."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.books import Books
from tests.conftest import BANK
from tests.goods import deliver, stock_up
from tests.journeys.test_guest import buy as buy_as_guest
from tests.journeys.test_guest import go_on, watch

from marketry.testing.running import RunningSite

PLUGINS = ("catalog", "orders", "payments_manual", "shipping", "backoffice", "users")
PASSWORD = "a few words in a row"
SHOTS = os.environ.get("MARKETRY_SHOTS")  # a folder: every page of the journey is drawn into it


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path_factory.mktemp("customer"), PLUGINS, theme="atelier", more=BANK)
    running.make_tables()
    stock_up(running, {"MUG": 50, "BOWL": 50})
    deliver(running)
    running.start()
    yield running
    running.stop()


class Visit:
    """A visitor with their browser window; every page that is `looked_at` must satisfy axe, and nothing may complain."""

    def __init__(
        self, browser: Browser, shop: RunningSite, language: str, width: int, script: bool, who: str = "customer"
    ) -> None:
        self.who = who
        self.context = browser.new_context(java_script_enabled=script, viewport={"width": width, "height": 800})
        self.page, self.shop, self.script = self.context.new_page(), shop, script
        self.url, self.name = shop.url + language, f"{language.strip('/') or 'en'}-{width}-{'js' if script else 'nojs'}"
        self.errors = watch(self.page)
        self.seen = 0

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        assert not self.script or self.page.evaluate("scrollY") == 0, f"{path} opens scrolled down"
        return self.page

    def looked_at(self, what: str) -> None:
        self.seen += 1
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{self.who}-{self.name}-{self.seen:02d}-{what}.png", full_page=True)
        width = self.page.viewport_size["width"]  # type: ignore[index]
        if self.script:
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, f"{what} is wider than the window"
            results = Axe().run(self.page)
            assert results.violations_count == 0, f"{what}: {results.generate_report()}"


@pytest.mark.parametrize(
    ("language", "width", "script"),
    [("", 1280, True), ("", 360, False), ("/zh", 360, True), ("/zh", 1280, False)],
    ids=["en-desk-js", "en-phone-nojs", "zh-phone-js", "zh-desk-nojs"],
)
def test_a_customer_registers_buys_finds_the_order_and_buys_again(
    browser: Browser, shop: RunningSite, language: str, width: int, script: bool
) -> None:
    visit = Visit(browser, shop, language, width, script)
    email = f"ada-{uuid4().hex[:8]}@example.com"
    register(visit, email)
    save_an_address(visit)
    number = buy(visit, email)
    find_it_again(visit, number)
    buy_again(visit, number)
    sign_out(visit)
    assert visit.errors == []


def test_who_bought_as_a_guest_makes_an_account_afterwards_and_finds_the_order_in_it(browser: Browser, shop: RunningSite) -> None:
    visit, email = Visit(browser, shop, "", 1280, True), f"eve-{uuid4().hex[:8]}@example.com"
    number = buy_as_guest(visit.page, visit.url, email)
    visit.page.get_by_role("link", name="Make an account").click()
    expect(visit.page.locator("[name=email]")).to_have_value(email)
    expect(visit.page.locator("[name=name]")).to_have_value("Ada Buyer")
    visit.page.fill("[name=password]", PASSWORD)
    go_on(visit.page, "/account/register")
    visit.page.goto(link_in_mail(shop, email))
    go_on(visit.page, "/account/verify")
    expect(visit.page.locator("main")).to_contain_text(number)
    visit.open(f"/account/orders/{number}")
    expect(visit.page.locator("h1")).to_contain_text(number)
    assert visit.errors == []


def register(visit: Visit, email: str) -> None:
    page = visit.open("/account/register")
    visit.looked_at("register")
    page.fill("[name=name]", "Ada Buyer")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    go_on(page, "/account/register")
    visit.looked_at("sent")
    page.goto(link_in_mail(visit.shop, email))
    visit.looked_at("verify")
    go_on(page, "/account/verify")
    expect(page).to_have_url(re.compile(r"/account$"))
    visit.looked_at("account")


def link_in_mail(shop: RunningSite, email: str) -> str:
    """The link of the newest mail to `email`; jobs send it within some seconds."""
    books, deadline = Books(shop), time.monotonic() + 30
    while time.monotonic() < deadline:
        text = books.one(f"select max(text) from kernel_mail where recipient = '{email}'")
        found = re.search(r"https?://\S+/account/verify\S+", str(text or ""))
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no mail to {email}")


def save_an_address(visit: Visit) -> None:
    """A German address, written in a form that began with the shop's own country."""
    page = visit.open("/account/addresses/new")
    page.select_option("[name=country]", "DE")
    if visit.script:
        expect(page.locator("[name=region]")).to_have_count(0)
    else:
        with page.expect_navigation():
            page.locator("[name=redraw]").click()
    expect(page.locator("[name=country]")).to_have_value("DE")
    for field, value in {"name": "Ada Buyer", "line1": "Webergasse 1", "postal_code": "10115", "city": "Berlin"}.items():
        page.fill(f"[name={field}]", value)
    page.check("[name=default_shipping]")
    visit.looked_at("address")
    go_on(page, "/account/addresses/new")
    expect(page.locator("main")).to_contain_text("10115 Berlin")
    visit.looked_at("addresses")


def buy(visit: Visit, email: str) -> str:
    page = visit.open("/products/mug")
    with page.expect_response(lambda response: "/cart/lines" in response.url):
        page.locator("form.buy button").first.click()
    page.wait_for_load_state()
    visit.open("/checkout")
    expect(page.locator("[name=email]")).to_have_value(email)
    expect(page.locator("main")).to_contain_text("Webergasse 1")
    visit.looked_at("checkout-address")
    go_on(page, "/checkout/address")
    page.locator("main input[type=radio]").first.check()
    visit.looked_at("checkout-delivery")
    go_on(page, "/checkout/delivery")
    page.locator("main input[value=bank_transfer]").check()
    go_on(page, "/checkout/payment")
    expect(page.locator("main")).to_contain_text("10115 Berlin")
    visit.looked_at("checkout-review")
    go_on(page, "/checkout/place")
    page.wait_for_url(re.compile(r"/orders/\w+"))
    visit.looked_at("order")
    return re.search(r"/orders/(\w+)", page.url)[1]  # type: ignore[index]


def find_it_again(visit: Visit, number: str) -> None:
    page = visit.open("/account/orders")
    visit.looked_at("orders")
    page.locator("main").get_by_role("link", name=re.compile(number)).first.click()
    page.wait_for_url(re.compile(f"/account/orders/{number}$"))
    expect(page.locator("h1")).to_contain_text(number)
    visit.looked_at("account-order")


def buy_again(visit: Visit, number: str) -> None:
    page = visit.page
    go_on(page, f"/orders/{number}/again")
    page.wait_for_url(re.compile(r"/cart$"))
    expect(page.locator("main .cart-line")).to_have_count(1)
    visit.looked_at("cart")


def sign_out(visit: Visit) -> None:
    page = visit.open("/account")
    go_on(page, "/account/sign-out")
    visit.looked_at("sign-in")
    visit.open("/cart")
    expect(page.locator("main .cart-line")).to_have_count(0)

"""A guest buys in a real browser, with and without JavaScript, in both languages, on a phone and on a desk; staff ship it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.conftest import BANK, fresh_postgres
from tests.goods import deliver, stock_up

from marketry.testing.running import RunningSite

TRACKING = "1Z999AA10123456784"
ADDRESS_FIELDS = {
    "name": "Ada Buyer", "line1": "1 Loom Street", "city": "Springfield", "region": "IL", "postal_code": "62701",
}  # fmt: skip
PLUGINS = ("catalog", "orders", "payments_manual", "shipping", "backoffice")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    environment = {"MARKETRY_DATABASE_URL": fresh_postgres()} if request.param == "postgresql" else {}
    folder = tmp_path_factory.mktemp("journey")
    running = RunningSite(folder, PLUGINS, environment=environment, theme="atelier", more=BANK)
    running.make_tables()
    stock_up(running, {"MUG": 10, "BOWL": 10})
    deliver(running)
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("language", "width", "script"),
    [("", 1280, True), ("", 360, False), ("/zh", 360, True), ("/zh", 1280, False)],
    ids=["en-desk-js", "en-phone-nojs", "zh-phone-js", "zh-desk-nojs"],
)
def test_a_guest_buys_and_staff_record_and_ship(
    browser: Browser, shop: RunningSite, language: str, width: int, script: bool
) -> None:
    """One journey: product, cart, checkout, order page; then sign-in by link, mark as paid, ship; the guest sees it."""
    context = browser.new_context(java_script_enabled=script, viewport={"width": width, "height": 800})
    page = context.new_page()
    errors = watch(page)
    order = buy(page, shop.url + language)
    staff = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script).new_page()
    errors += watch(staff)
    sign_in(staff, shop)
    record_and_ship(staff, shop.url, order)
    page.goto(f"{shop.url}{language}/orders/{order}")
    expect(page.locator("main")).to_contain_text(TRACKING)
    assert errors == []


def watch(page: Page) -> list[str]:
    """Complaints of the console (a blocked resource, a script error) end up in the list."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def buy(page: Page, shop: str, email: str = "ada@example.com") -> str:
    """From the product to the order's page; returns the order's number."""
    page.goto(f"{shop}/products/mug")
    with page.expect_response(lambda response: "/cart/lines" in response.url):
        page.locator("form.buy button").click()
    page.wait_for_load_state()
    page.goto(f"{shop}/checkout")
    page.fill("[name=email]", email)
    page.select_option("[name='shipping.region']", ADDRESS_FIELDS["region"])
    for field in ("name", "line1", "city", "postal_code"):
        page.fill(f"[name='shipping.{field}']", ADDRESS_FIELDS[field])
    go_on(page, "/checkout/address")
    page.locator("main input[type=radio]").first.check()
    go_on(page, "/checkout/delivery")
    page.locator("main input[value=bank_transfer]").check()
    go_on(page, "/checkout/payment")
    go_on(page, "/checkout/place")
    page.wait_for_url(re.compile(r"/orders/\w+"))
    expect(page.locator("main")).to_contain_text("000123456789")
    return re.search(r"/orders/(\w+)", page.url)[1]  # type: ignore[index]


def go_on(page: Page, action: str) -> None:
    """Send the form of this step, and wait for the next page."""
    with page.expect_navigation():
        page.locator(f"form[action$='{action}'] button[type=submit]").last.click()


def sign_in(page: Page, shop: RunningSite) -> None:
    printed = shop.command("staff", "create-admin", "owner@example.com").stdout
    page.goto(re.search(r"http\S+/admin/enter\S+", printed)[0])  # type: ignore[index]
    with page.expect_navigation():
        page.locator("form[action$='/admin/enter'] button").click()


def record_and_ship(page: Page, shop: str, order: str) -> None:
    """Staff mark the transfer as received, pack what was bought, and send it with a tracking number."""
    page.goto(f"{shop}/admin/orders/{order}")
    go_on(page, f"/{order}/receive")
    go_on(page, f"/{order}/pack")
    page.fill("form[action$='/ship'] [name=tracking]", TRACKING)
    page.select_option("form[action$='/ship'] [name=carrier]", "ups")
    go_on(page, f"/{order}/ship")
    expect(page.locator("main")).to_contain_text(TRACKING)

"""A guest buys in a real browser, with and without JavaScript, in both languages, on a phone and on a desk; staff ship it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.conftest import StartSite
from tests.goods import stock_up

from marketry.testing.running import RunningSite

PLUGINS = ("catalog", "orders", "payments_manual", "shipping", "backoffice")


@pytest.fixture
def shop(site: StartSite) -> Iterator[RunningSite]:
    running = site(plugins=PLUGINS, theme="atelier")
    stock_up(running, {"MUG": 10, "BOWL": 10})
    running.command("shipping", "start")
    running.start()
    return running


@pytest.mark.parametrize("language", ["", "/zh"], ids=["en", "zh"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("script", [True, False], ids=["js", "nojs"])
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
    expect(page.locator("main")).to_contain_text("1Z999AA10123456784")
    assert errors == []


def watch(page: Page) -> list[str]:
    """Complaints of the console (a blocked resource, a script error) end up in the list."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found

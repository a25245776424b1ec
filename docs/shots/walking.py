"""Walking to a page, as a visitor does."""

from collections.abc import Callable

from playwright.sync_api import Page

from shots.shop import Shop

Go = Callable[[Page, str, Shop], None]  # page, the shop's address with its language, the shop


def at(path: str) -> Go:
    return lambda page, base, shop: visit(page, base + path)


def visit(page: Page, address: str) -> None:
    page.goto(address)


def sent(page: Page, action: str) -> None:
    """Send the form, past the browser's own checks, so that the shop's words are seen."""
    form = page.locator(f"main form[action$='{action}'], main form[action*='{action}?']").last
    form.evaluate("form => { form.noValidate = true }")
    with page.expect_navigation():
        form.locator("button[type=submit]").last.click()

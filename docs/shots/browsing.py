"""Walks among goods and words: menus, lists, products, posts."""

from playwright.sync_api import Page

from shots.shop import Shop
from shots.walking import visit


def menu(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/")
    if page.locator(".site-header__menu").is_visible():
        page.locator(".site-header__menu").click()
    page.wait_for_timeout(400)


def next_page(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/categories/notebooks-desk/many-tiles")
    page.locator(".pager a, .listing__more a, a[rel=next]").last.click()
    page.wait_for_load_state("networkidle")


def zoomed(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/products/hearth-mug")
    page.locator(".gallery__strip a").first.click()
    page.wait_for_timeout(300)


def typing(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/")
    page.locator("[popovertarget=search-panel]").click()
    with page.expect_response(lambda answer: "/search/suggestions" in answer.url):
        page.locator("#header-q").press_sequentially("杯" if base.endswith("zh") else "mug")
    page.wait_for_timeout(400)


def asked_for(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/products/gone-bowl")
    page.locator("form[action$='/back-in-stock'] [name=email]").fill("ada@example.com")
    page.locator("form[action$='/back-in-stock'] button[type=submit]").click()
    page.wait_for_timeout(800)


def post(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/journal")
    page.locator("main a[href*='/journal/']").first.click()
    page.wait_for_load_state()

"""Walks of people with accounts, of those who are about to have one, and of staff."""

from typing import Any

from playwright.sync_api import Page

from shots.buying import LONG
from shots.shop import Shop
from shots.walking import Go, sent, visit

HANNAH = ("hannah@example.com", "speckled mugs by the window")  # of sample_site/people.py
HELD: list[Any] = []  # her cookies


def signed_in(path: str) -> Go:
    def go(page: Page, base: str, shop: Shop) -> None:
        as_hannah(page, base)
        visit(page, base + path)

    return go


def as_hannah(page: Page, base: str) -> None:
    """Signed in once, and remembered: the shop counts how often somebody tries."""
    if HELD:
        page.context.add_cookies(HELD)
        return
    visit(page, f"{base}/account/sign-in")
    page.fill("main [name=email]", HANNAH[0])
    page.fill("main [name=password]", HANNAH[1])
    sent(page, "/account/sign-in")
    HELD.extend(page.context.cookies())


def her_order(page: Page, base: str, shop: Shop) -> None:
    as_hannah(page, base)
    visit(page, f"{base}/account/orders")
    page.locator("main a[href*='/account/orders/']").first.click()


def her_address_refused(page: Page, base: str, shop: Shop) -> None:
    as_hannah(page, base)
    visit(page, f"{base}/account/addresses/new")
    sent(page, "/account/addresses/new")


def sign_in_refused(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/account/sign-in")
    page.fill("main [name=email]", "nobody@example.com")
    page.fill("main [name=password]", "not the password")
    sent(page, "/account/sign-in")


def register_refused(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/account/register")
    page.fill("main [name=email]", "nobody@")
    page.fill("main [name=password]", "short")
    sent(page, "/account/register")


def registered(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/account/register")
    page.fill("main [name=email]", "somebody.with.a.long.address@department.of.an.organisation.example.com")
    page.fill("main [name=name]", LONG)
    page.fill("main [name=password]", "a long enough sentence of mine")
    sent(page, "/account/register")


def reset_sent(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/account/reset")
    page.fill("main [name=email]", "somebody@example.com")
    sent(page, "/account/reset")


def newsletter_refused(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/newsletter")
    page.fill("main [name=email]", "nobody@")
    sent(page, "/newsletter")


def newsletter_sent(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/newsletter")
    page.fill("main [name=email]", "somebody@example.com")
    sent(page, "/newsletter")


def wished(page: Page, base: str, shop: Shop) -> None:
    for slug in ("moon-jar", "gaiwan", "long-bowl"):
        visit(page, f"{base}/products/{slug}")
        with page.expect_response(lambda answer: "/wishlist/wishes" in answer.url):
            page.locator(".product__buy form.wish button").click()
    visit(page, f"{base}/wishlist")


def staff(path: str) -> Go:
    def go(page: Page, base: str, shop: Shop) -> None:
        visit(page, shop.staff_link())
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_url("**/admin*")
        visit(page, base + path)

    return go

"""Walks that end where nobody wants to be."""

from playwright.sync_api import Page

from shots.buying import found_nothing
from shots.shop import Shop
from shots.walking import sent, visit


def forbidden(page: Page, base: str, shop: Shop) -> None:
    """A form whose token is another's."""
    visit(page, f"{base}/account/sign-in")
    page.evaluate("document.querySelector('main [name=csrf_token], main [name=_csrf], main input[type=hidden]').value = 'old'")
    sent(page, "/account/sign-in")


def impatient(page: Page, base: str, shop: Shop) -> None:
    """Too many tries."""
    seen: list[int] = []
    page.on("response", lambda answer: seen.append(answer.status))
    while 429 not in seen:
        found_nothing(page, base, shop)


def closed(page: Page, base: str, shop: Shop) -> None:
    shop.closed.touch()
    try:
        visit(page, f"{base}/")
        page.wait_for_load_state("networkidle")
    finally:
        shop.closed.unlink()

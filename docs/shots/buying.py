"""Walks of buyers: the cart, the checkout step by step, what became of an order."""

from contextlib import suppress

from playwright.sync_api import Page

from shots.shop import Shop
from shots.walking import Go, sent, visit

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe-Waldenburg-Schillingsfürst"
ADDRESS = {"name": LONG, "line1": "1 Loom Street", "city": "Springfield", "region": "IL", "postal_code": "62701"}


def with_cart(page: Page, base: str, *more: str) -> None:
    """Two different things, one of them twice, and what else is wanted."""
    for slug in ("hearth-mug", "hearth-mug", "moon-jar", *more):
        visit(page, f"{base}/products/{slug}")
        with page.expect_response(lambda answer: "/cart/lines" in answer.url):
            page.locator("form.buy button[type=submit]").click()


def drawer(page: Page, base: str, shop: Shop) -> None:
    with_cart(page, base)
    page.wait_for_selector("#cart-drawer[open]")
    page.wait_for_timeout(500)


def cart(page: Page, base: str, shop: Shop) -> None:
    with_cart(page, base)
    visit(page, f"{base}/cart")


def cart_long(page: Page, base: str, shop: Shop) -> None:
    """With a name as long as they get."""
    with_cart(page, base, "long-bowl")
    visit(page, f"{base}/cart")


def cart_refused(page: Page, base: str, shop: Shop) -> None:
    cart(page, base, shop)
    page.locator("main input[name=quantity]").first.fill("900")
    page.locator("main input[name=quantity]").first.press("Enter")
    page.wait_for_timeout(800)


def checkout(step: int, *, careless: bool = False) -> Go:
    """The checkout up to its step: address, delivery, payment, review, placed. `careless` sends the last one empty."""

    def go(page: Page, base: str, shop: Shop) -> None:
        with_cart(page, base)
        visit(page, f"{base}/checkout")
        if step > 0:
            fill_address(page)
            sent(page, "/checkout/address")
        if step > 1:
            page.locator("main input[type=radio]").first.check()
            sent(page, "/checkout/delivery")
        if step > 2:
            page.locator("main input[value=bank_transfer]").check()
            sent(page, "/checkout/payment")
        if step > 3:
            sent(page, "/checkout/place")
        if careless:
            page.evaluate("document.querySelectorAll('main input').forEach(box => { box.checked = false })")
            with suppress(Exception):
                page.fill("[name=email]", "nobody@", timeout=500)
            sent(page, ("/checkout/address", "/checkout/delivery", "/checkout/payment")[step])

    return go


def fill_address(page: Page) -> None:
    page.fill("[name=email]", "ada@example.com")
    page.select_option("[name='shipping.country']", "US")
    page.wait_for_timeout(400)  # the fields of the country
    for field, value in ADDRESS.items():
        box = page.locator(f"[name='shipping.{field}']")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)


def order(name: str) -> Go:
    return lambda page, base, shop: visit(page, base + shop.order(name))


def found_nothing(page: Page, base: str, shop: Shop) -> None:
    visit(page, f"{base}/orders/find")
    page.fill("main [name=number]", "AAAA11111")
    page.fill("main [name=email]", "ada@example.com")
    sent(page, "/orders/find")

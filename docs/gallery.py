"""Screenshots of every page of the shop into docs/gallery/: three widths, light and dark, both languages, empty and full.

    python docs/gallery.py [--url http://localhost:8000] [--only cart,product] [--widths 360] [--schemes light] [--languages en]

Without --url it starts the sample shop in a folder of its own. `--choose` writes the few that are kept with the code, small.
Pages that scroll sideways are named at the end: that is a mistake at any width.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
TARGET = HERE / "gallery"
PORT = 8169
KEPT = 60_000  # bytes of a picture that is kept with the code
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe-Waldenburg-Schillingsfürst"
ADDRESS = {"name": LONG, "line1": "1 Loom Street", "city": "Springfield", "region": "IL", "postal_code": "62701"}

Go = Callable[[Page, str], None]


def at(path: str) -> Go:
    return lambda page, base: visit(page, base + path)


def visit(page: Page, address: str) -> None:
    page.goto(address)


def with_cart(page: Page, base: str) -> None:
    """Two different things, one of them twice."""
    for slug in ("hearth-mug", "hearth-mug", "moon-jar"):
        visit(page, f"{base}/products/{slug}")
        with page.expect_response(lambda answer: "/cart/lines" in answer.url):
            page.locator("form.buy button[type=submit]").click()


def drawer(page: Page, base: str) -> None:
    with_cart(page, base)
    page.wait_for_selector("#cart-drawer[open]")
    page.wait_for_timeout(500)


def cart(page: Page, base: str) -> None:
    with_cart(page, base)
    visit(page, f"{base}/cart")


def step(number: int) -> Go:
    """The checkout up to its step: address, delivery, payment, review, placed."""

    def go(page: Page, base: str) -> None:
        with_cart(page, base)
        visit(page, f"{base}/checkout")
        if number > 0:
            fill_address(page)
            go_on(page, "/checkout/address")
        if number > 1:
            page.locator("main input[type=radio]").first.check()
            go_on(page, "/checkout/delivery")
        if number > 2:
            page.locator("main input[value=bank_transfer]").check()
            go_on(page, "/checkout/payment")
        if number > 3:
            go_on(page, "/checkout/place")

    return go


def refused(page: Page, base: str) -> None:
    with_cart(page, base)
    visit(page, f"{base}/checkout")
    page.fill("[name=email]", "nobody@")
    go_on(page, "/checkout/address")


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


def go_on(page: Page, action: str) -> None:
    with page.expect_navigation():
        page.locator(f"form[action$='{action}'] button[type=submit]").last.click()


def menu(page: Page, base: str) -> None:
    visit(page, f"{base}/")
    if page.locator(".site-header__menu").is_visible():
        page.locator(".site-header__menu").click()
    page.wait_for_timeout(400)


def zoomed(page: Page, base: str) -> None:
    visit(page, f"{base}/products/hearth-mug")
    page.locator(".gallery__strip a").first.click()
    page.wait_for_timeout(300)


PAGES: dict[str, Go] = {
    "home": at("/"),
    "menu": menu,
    "category": at("/categories/mugs-cups"),
    "category-nothing": at("/categories/mugs-cups?available=true&filter=none:none"),
    "product": at("/products/hearth-mug"),
    "product-sold-out": at("/products/gaiwan"),
    "product-zoom": zoomed,
    "search": at("/search?q=oak"),
    "search-nothing": at("/search?q=Donaudampfschifffahrtsgesellschaftskapitänsmütze"),
    "drawer": drawer,
    "cart-empty": at("/cart"),
    "cart": cart,
    "checkout-address": step(0),
    "checkout-refused": refused,
    "checkout-delivery": step(1),
    "checkout-payment": step(2),
    "checkout-review": step(3),
    "order": step(4),
    "not-found": at("/products/nothing-like-this"),
    "journal": at("/journal"),
    "sign-in": at("/account/sign-in"),
    "register": at("/account/register"),
    "wishlist": at("/wishlist"),
}
WINDOWS = ("menu", "drawer", "product-zoom")  # what lies over the page: the window alone is shown
CHOSEN = (
    ("home", "en", 1280, "light"), ("home", "zh", 360, "dark"), ("category", "en", 768, "light"),
    ("product", "en", 1280, "light"),
    ("product", "zh", 360, "light"), ("product", "en", 1280, "dark"), ("drawer", "en", 1280, "light"),
    ("cart", "zh", 768, "light"),
    ("checkout-address", "en", 1280, "light"), ("checkout-review", "en", 360, "dark"), ("order", "en", 1280, "light"),
    ("search", "zh", 1280, "dark"),
)  # fmt: skip


def main() -> int:
    options = read_arguments()
    TARGET.mkdir(exist_ok=True)
    wide: list[str] = []
    with served(options.url) as url, sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for name, language, width, scheme in wanted(options):
            try:
                picture, sideways = shoot(browser, url, name, language, width, scheme)
            except Exception as error:
                say(f"{name} {language} {width} {scheme}: {str(error).splitlines()[0]}")
                continue
            save(picture, f"{name}-{language}-{width}-{scheme}", choose=options.choose)
            wide += [f"{name} {language} {width}"] if sideways else []
        browser.close()
    for one in sorted(set(wide)):
        say(f"scrolls sideways: {one}")
    return 1 if wide else 0


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a shop that runs already")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(PAGES))
    parser.add_argument("--widths", type=lambda text: [int(one) for one in text.split(",")], default=[360, 768, 1280])
    parser.add_argument("--schemes", type=lambda text: text.split(","), default=["light", "dark"])
    parser.add_argument("--languages", type=lambda text: text.split(","), default=["en", "zh"])
    parser.add_argument("--choose", action="store_true", help="write the few that are kept with the code")
    return parser.parse_args()


def wanted(options: argparse.Namespace) -> Iterator[tuple[str, str, int, str]]:
    if options.choose:
        yield from CHOSEN
        return
    for name in options.only:
        for language in options.languages:
            for width in options.widths:
                yield from ((name, language, width, scheme) for scheme in options.schemes)


def shoot(browser: Browser, url: str, name: str, language: str, width: int, scheme: str) -> tuple[bytes, bool]:
    """The page as a PNG, and whether it scrolls sideways."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light")
    try:
        page = context.new_page()
        PAGES[name](page, url if language == "en" else f"{url}/{language}")
        page.evaluate("document.querySelectorAll('.tour').forEach(tour => tour.remove())")
        page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(picture => picture.loading = 'eager')")
        page.wait_for_load_state("networkidle")
        page.evaluate("Promise.all([...document.images].map(picture => picture.decode().catch(() => 0)))")
        sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return page.screenshot(full_page=name not in WINDOWS, animations="disabled"), bool(sideways)
    finally:
        context.close()


def save(png: bytes, name: str, *, choose: bool) -> None:
    """As WebP; a chosen one no taller than three screens and no bigger than KEPT."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if not choose:
        picture.save(TARGET / f"{name}.webp", quality=70, method=2)
        return
    picture = picture.crop((0, 0, picture.width, min(picture.height, 2400)))
    for quality in range(80, 10, -10):
        held = io.BytesIO()
        picture.save(held, "WEBP", quality=quality, method=6)
        if held.tell() <= KEPT:
            break
    (TARGET / f"chosen-{name}.webp").write_bytes(held.getvalue())


@contextmanager
def served(url: str | None) -> Iterator[str]:
    """The shop at `url`, or a fresh one of our own that ends with us."""
    if url:
        yield url.rstrip("/")
        return
    own = f"http://localhost:{PORT}"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(HERE.parent / "sample_site" / "start.py"), "--port", str(PORT), "--data", f"{folder}/shop"]
        shop = subprocess.Popen(command, env={**os.environ, "MARKETRY_BASE_URL": own})
        try:
            for _ in range(240):
                if answers(own):
                    break
                time.sleep(1)
            yield own
        finally:
            shop.terminate()
            shop.wait(20)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())

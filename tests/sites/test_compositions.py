"""Sites with only some plugins: every link leads somewhere, and nothing speaks of what isn't there."""

import re
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from tests.conftest import StartSite
from tests.goods import stock_up

LINK = re.compile(r'(?:href|src|data-src|action|hx-get|hx-post)="([^"#]+)')
CART, PEOPLE = ("cart", "checkout", "order", "orders", "basket"), ("sign in", "account", "your account")
PIECES = ("wish list", "journal", "recently seen", "back in stock", "policies")
PEOPLES = ("backoffice", "users", "pages", "wishlist", "backinstock", "discovery")
# Composition → its plugins, words of what it doesn't have, and pages that its links must lead to.
SETS: dict[str, tuple[tuple[str, ...], tuple[str, ...], set[str]]] = {
    "catalog": (("catalog",), (*CART, *PEOPLE, *PIECES), {"/zh/categories/things"}),
    "catalog-orders-manual": (
        ("catalog", "orders", "payments_manual"),
        ("delivery method", "shipping method", *PEOPLE, *PIECES),
        {"/cart", "/zh/cart"},
    ),
    "people-without-orders": (("catalog", *PEOPLES), CART, {"/account/sign-in", "/wishlist"}),
    "all": (
        ("catalog", "orders", "payments_manual", "shipping", *PEOPLES),
        (),
        {"/cart", "/account/sign-in", "/zh/account/sign-in", "/account/register", "/wishlist", "/zh/wishlist"},
    ),
}


@pytest.mark.parametrize("name", SETS)
def test_a_crawl_finds_no_dead_link_and_no_word_of_what_is_disabled(site: StartSite, name: str) -> None:
    plugins, forbidden, reached = SETS[name]
    shop = site(plugins=plugins)
    stock_up(shop, {f"SKU-{n}": 5 for n in range(30)})
    shop.start()
    pages = crawl(shop.url)
    dead = {path: status for path, (status, _) in pages.items() if status >= 400}
    assert dead == {}
    assert len(pages) > 30
    assert reached - set(pages) == set()
    for path, (_, text) in pages.items():
        words = re.sub(r"<(script|style|head)\b.*?</\1>|<[^>]+>", " ", text, flags=re.S).lower()
        assert not [word for word in forbidden if re.search(rf"\b{word}\b", words)], path


def crawl(base: str) -> dict[str, tuple[int, str]]:
    """Every page and file that GET links, images and forms lead to from the home page, sitemap and robots.txt."""
    found: dict[str, tuple[int, str]] = {}
    queue = ["/", "/zh/", "/robots.txt", "/sitemap.xml", "/search?q=thing"]
    with httpx.Client(base_url=base, timeout=30) as client:
        while queue:
            path = queue.pop()
            if path in found or len(found) > 400:
                continue
            answer = client.get(path)
            html = "html" in answer.headers.get("content-type", "")
            found[path] = (answer.status_code if answer.status_code != 405 else 200, answer.text if html else "")
            for link in [*LINK.findall(answer.text if html else ""), *answer.headers.get_list("location")]:
                target = urlsplit(urljoin(base + path, link.replace("&amp;", "&")))
                if target.netloc == urlsplit(base).netloc:
                    queue.append(target.path + (f"?{target.query}" if target.query else ""))
    return found

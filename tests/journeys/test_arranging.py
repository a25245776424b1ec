"""The merchant arranges the home page and changes the theme in the back office; visitors see it on kept pages, at once."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.goods import stock_up

from marketry.testing.running import RunningSite

SECTIONS = """
[[settings.catalog.home_sections]]
id = "hero"
kind = "hero"
values = { title = { en = "Things for a calm home" } }
[[settings.catalog.home_sections]]
id = "saying"
kind = "saying"
values = { text = { en = "The cup with the crooked handle." } }
[[settings.catalog.home_sections]]
id = "story"
kind = "story"
values = { title = { en = "One kiln, one lathe" } }
"""
WORDS = {"hero": "Things for a calm home", "saying": "The cup with the crooked handle.", "story": "One kiln, one lathe"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path_factory.mktemp("arranging"), ("catalog", "backoffice"), theme="atelier", more=SECTIONS)
    running.command("migrate")
    stock_up(running, {"MUG": 5})
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def office(browser: Browser, shop: RunningSite) -> Iterator[Page]:
    """The back office, with its owner signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    link = next(word for word in shop.command("staff", "create-admin", "owner@example.com").stdout.split() if "://" in word)
    page.goto(link)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/admin*")
    yield page
    context.close()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for it; a machine under load takes its time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it didn't come to be"
        time.sleep(0.2)


def seen(shop: RunningSite) -> list[str]:
    """The sections that a visitor meets, from top to bottom."""
    page = httpx.get(shop.url, follow_redirects=True).text
    there = {page.index(words): name for name, words in WORDS.items() if words in page}
    return [there[at] for at in sorted(there)]


def test_what_the_merchant_moves_and_hides_reaches_visitors_of_the_kept_page(office: Page, shop: RunningSite) -> None:
    assert seen(shop) == seen(shop) == ["hero", "saying", "story"]
    office.goto(f"{shop.url}/admin/home")
    office.locator("#section-story").get_by_role("button", name="up").click()
    expect(office.locator("tbody tr").nth(1)).to_have_id("section-story")
    until(lambda: seen(shop) == ["hero", "story", "saying"])
    office.locator("#section-hero").get_by_role("button", name="Hide").click()
    expect(office.locator("#section-hero")).to_contain_text("Hidden")
    until(lambda: seen(shop) == ["story", "saying"])


def test_another_theme_is_there_within_seconds_and_without_a_restart_by_hand(office: Page, shop: RunningSite) -> None:
    def wears(theme: str) -> bool:
        """Each of several answers: none from a process or a kept page of before."""
        pages = [httpx.get(shop.url, follow_redirects=True).text for _ in range(4)]
        return all(("/noir/noir.css" in page) == (theme == "noir") for page in pages)

    assert wears("atelier")
    office.goto(f"{shop.url}/admin/design/theme")
    office.locator("input[name=theme][value=noir]").check()
    office.get_by_role("button", name="Change the theme").click()
    expect(office.get_by_text("The theme is chosen.")).to_be_visible()
    until(lambda: wears("noir"))

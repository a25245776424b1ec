"""Buyers pay in the sample shop, by card and by Alipay, in real Chromium under the shop's policy, and both books agree.

Every journey goes from the product to the paid order. At its end the shop's ledger and the gateway's own book say the same.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
import segno
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PatienceLost
from tests.journeys.paying import SAMPLE, SampleShop, sample_shop, watched
from tests.journeys.test_guest import ADDRESS_FIELDS, go_on

GOOD, DECLINED, ASKS_THE_BANK = "4242424242424242", "4000000000000002", "4000000000003220"
TELEPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148"
)
IN_CHINA = {"name": "李美", "region": "浙江省", "city": "杭州市", "line1": "文三路 100 号", "postal_code": "310012"}
BY_CARD, IN_DOLLARS = ("stripe", "capture", "succeeded", 3390, "USD"), ("stripe", "3390", "usd")
ABROAD = ("alipay", "capture", "succeeded", 32600, "CNY")
BY_ALIPAY, IN_YUAN = ("alipay", "capture", "succeeded", 20000, "CNY"), ("alipay", "200.00", "CNY")
WORDS = {
    "": {"paid": "Paid", "waits": "Payment pending", "declined": "Your card was declined.", "unproved": "unable to authenticate"},
    "/zh": {"paid": "已付款", "waits": "等待付款", "declined": "您的银行卡被拒绝。", "unproved": "无法验证您的支付方式"},
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleShop]:
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(SAMPLE))
        with sample_shop(tmp_path_factory.mktemp("paying")) as running:
            yield running


@dataclass(frozen=True)
class Way:
    """How a buyer meets the shop."""

    language: str = ""
    width: int = 1280
    script: bool = True
    phone: bool = False
    from_china: bool = False

    def __str__(self) -> str:
        return f"{self.language.strip('/') or 'en'}-{self.width}-{'js' if self.script else 'nojs'}"


class Visit:
    """A buyer in front of the shop; what complained on any page is in `errors`."""

    def __init__(self, browser: Browser, shop: SampleShop, way: Way) -> None:
        self.context = browser.new_context(
            java_script_enabled=way.script, viewport={"width": way.width, "height": 800},
            user_agent=TELEPHONE if way.phone else None, is_mobile=way.phone, has_touch=way.phone,
        )  # fmt: skip
        self.page, self.shop, self.url, self.words = self.context.new_page(), shop, shop.url + way.language, WORDS[way.language]
        self.from_china = way.from_china
        self.errors = watched(self.page, shop)

    def order(self, method: str, currency: str = "USD") -> Page:
        """From the product to where the payment is made."""
        page = self.page
        page.goto(f"{self.url}/products/hearth-mug")
        if currency != "USD":
            page.select_option("form.segment [name=currency]", currency)
            go_on(page, "/segment")
        with page.expect_response(lambda answer: "/cart/lines" in answer.url):
            page.locator("form.buy button[type=submit]").first.click()
        page.wait_for_load_state()
        page.goto(f"{self.url}/checkout")
        page.fill("[name=email]", "ada@example.com")
        self.address()
        go_on(page, "/checkout/address")
        go_on(page, "/checkout/delivery")
        self.choose(method)
        go_on(page, "/checkout/payment")
        go_on(page, "/checkout/place")
        return page

    def address(self) -> None:
        known = ADDRESS_FIELDS
        if self.from_china:
            known = IN_CHINA
            self.page.select_option("[name='shipping.country']", "CN")
        self.page.select_option("[name='shipping.region']", known["region"])  # those of China are drawn when it was chosen
        for field in ("name", "line1", "city", "postal_code"):
            self.page.fill(f"[name='shipping.{field}']", known[field])

    def choose(self, method: str) -> None:
        self.page.locator(f"main .choice:has(input[value={method}]) label").click()

    def card(self, number: str) -> None:
        """At Stripe's page: type a card and pay."""
        for field, value in {"number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ada Buyer"}.items():
            self.page.fill(f"#{field}", value)
        go_on(self.page, self.page.url.partition(self.shop.stripe)[2])

    def number(self) -> str:
        """Of the order whose page is open."""
        self.page.wait_for_url(re.compile(r"/orders/\w+$"))
        return self.page.url.rpartition("/")[2]

    def is_paid(self) -> str:
        """The order's page says so; its number."""
        number = self.number()
        expect(self.page.locator("#order .badge", has_text=re.compile(f"^{self.words['paid']}$"))).to_be_visible()
        return number

    def ends_well(self) -> None:
        self.context.close()
        assert self.errors == []


Open = Callable[[Way], Visit]
everyone = pytest.mark.parametrize("way", [Way(), Way("/zh", 360, script=False)], ids=str)


@pytest.fixture
def visit(browser: Browser, shop: SampleShop) -> Iterator[Open]:
    """`visit(way)`: a buyer; at the end of the test nothing may have complained."""
    opened: list[Visit] = []

    def make(way: Way) -> Visit:
        opened.append(Visit(browser, shop, way))
        return opened[-1]

    yield make
    for one in opened:
        one.ends_well()


@everyone
def test_a_card_pays(shop: SampleShop, visit: Open, way: Way) -> None:
    buyer = visit(way)
    buyer.order("stripe")
    buyer.card(GOOD)
    number = buyer.is_paid()
    assert (shop.ledger(number), shop.taken(number)) == ([BY_CARD], [IN_DOLLARS])


@pytest.mark.parametrize("way", [Way("/zh"), Way("", 360, script=False)], ids=str)
def test_a_card_is_declined_and_another_one_pays(shop: SampleShop, visit: Open, way: Way) -> None:
    buyer = visit(way)
    buyer.order("stripe")
    buyer.card(DECLINED)
    expect(buyer.page.locator("[role=alert]")).to_have_text(buyer.words["declined"])
    buyer.card(GOOD)
    number = buyer.is_paid()
    assert (shop.ledger(number), shop.taken(number)) == ([BY_CARD], [IN_DOLLARS])


@pytest.mark.parametrize("way", [Way("/zh", 360)], ids=str)
def test_a_bank_that_asks_its_customer_is_told_no_and_then_yes(shop: SampleShop, visit: Open, way: Way) -> None:
    buyer = visit(way)
    page = buyer.order("stripe")
    buyer.card(ASKS_THE_BANK)
    page.locator("button[value=fail]").click()
    expect(page.locator("[role=alert]")).to_contain_text(buyer.words["unproved"])
    page.locator("a.back").click()
    number = buyer.number()
    expect(page.locator("#order")).to_contain_text(buyer.words["waits"])
    assert (shop.ledger(number), shop.taken(number)) == ([], [])
    page.locator("#waiting a.button").click()
    buyer.card(ASKS_THE_BANK)
    page.locator("button[value=complete]").click()
    assert buyer.is_paid() == number
    assert (shop.ledger(number), shop.taken(number)) == ([BY_CARD], [IN_DOLLARS])


@everyone
def test_a_page_of_the_gateway_is_left_and_the_order_is_paid_in_another_way(shop: SampleShop, visit: Open, way: Way) -> None:
    """What was left can't be paid any more: nobody pays twice."""
    buyer = visit(way)
    page = buyer.order("stripe", "CNY")
    left = page.url
    page.locator("a.back").click()
    number = buyer.number()
    page.locator("form[action$='/leave'] button").click()
    buyer.choose("alipay")
    page.locator("form[action$='/payments'] button").click()
    pay_at_the_cashier(page)
    assert buyer.is_paid() == number
    assert (shop.ledger(number), shop.taken(number)) == ([BY_ALIPAY], [IN_YUAN])
    assert page.goto(left).status == 410  # type: ignore[union-attr]
    buyer.errors.clear()  # the console tells of that answer


def test_alipay_pays_at_its_cashier_on_a_desk(shop: SampleShop, visit: Open) -> None:
    buyer = visit(Way())
    page = buyer.order("alipay", "CNY")
    assert page.url.startswith(f"{shop.alipay}/cashier/")
    pay_at_the_cashier(page)
    number = buyer.is_paid()
    assert (shop.ledger(number), shop.taken(number)) == ([BY_ALIPAY], [IN_YUAN])


def test_alipay_pays_on_a_phone(shop: SampleShop, visit: Open) -> None:
    buyer = visit(Way("/zh", 360, phone=True, from_china=True))
    page = buyer.order("alipay", "CNY")
    pay_at_the_cashier(page)
    number = buyer.is_paid()
    assert (shop.ledger(number), shop.taken(number)) == ([ABROAD], [("alipay", "326.00", "CNY")])
    assert [trade["method"] for trade in shop.trades(number)] == ["alipay.trade.wap.pay"]


@pytest.fixture(scope="module")
def settings(browser: Browser, shop: SampleShop) -> Iterator[Page]:
    """Alipay's settings in the back office, before a signed-in owner."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    errors = watched(page, shop)
    page.goto(shop.entry)
    go_on(page, "/admin/enter")
    page.goto(f"{shop.url}/admin/plugins/payments_alipay")
    yield page
    page.context.close()
    assert errors == []


@pytest.fixture
def codes(settings: Page) -> Iterator[None]:
    """Large screens show a code to scan, as staff have chosen."""
    choose_for_desks(settings, "qr")
    yield
    choose_for_desks(settings, "page")


def choose_for_desks(settings: Page, way: str) -> None:
    settings.select_option("[name=desktop]", way)
    go_on(settings, "/settings")
    expect(settings.locator("[name=desktop]")).to_have_value(way)


@pytest.mark.usefixtures("codes")
@pytest.mark.parametrize("way", [Way("/zh"), Way("", 360, script=False)], ids=str)
def test_a_code_on_the_page_is_scanned_and_the_page_says_that_it_is_paid(
    browser: Browser, shop: SampleShop, visit: Open, way: Way
) -> None:
    """By itself; without JavaScript every ten seconds, or at a click."""
    buyer = visit(way)
    page = buyer.order("alipay", "CNY")
    number = buyer.number()
    address = shop.newest_code()
    drawn = segno.make(address, error="m").svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
    assert page.locator(".order__code path").last.get_attribute("d") == re.findall(r'd="([^"]+)"', drawn)[-1]
    scan_and_pay(visit(Way("/zh", 360, phone=True)).page, address)
    until_paid(buyer)
    assert buyer.is_paid() == number
    assert (shop.ledger(number), shop.taken(number)) == ([BY_ALIPAY], [IN_YUAN])


def until_paid(buyer: Visit) -> None:
    """A page with scripts goes on by itself; one without has a link to look again while there is something to wait for."""
    waits, again, deadline = buyer.page.locator("#waiting"), buyer.page.locator("#waiting noscript a"), time.monotonic() + 30
    while waits.count() and time.monotonic() < deadline:
        with suppress(PatienceLost):  # no link is there for browsers with scripts, or none any more
            again.click(timeout=2_000)
    expect(waits).to_have_count(0)


def scan_and_pay(telephone: Page, address: str) -> None:
    telephone.goto(address)
    telephone.locator("button[value=pay]").click()
    expect(telephone.locator(".done")).to_be_visible()


def pay_at_the_cashier(page: Page) -> None:
    page.locator("button[name=buyer]").first.click()
    page.locator("button[value=pay]").click()

"""An owner invites a clerk, who joins by the mailed link, does what the role allows, and is blocked; in real Chromium."""

import re
import time
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.books import Books
from tests.conftest import BANK, fresh_postgres
from tests.goods import deliver, stock_up
from tests.journeys.test_customer import PASSWORD, PLUGINS, Visit
from tests.journeys.test_guest import buy as buy_as_guest
from tests.journeys.test_guest import go_on

from marketry.testing.running import RunningSite

MINE = ("backoffice.dashboard.read", "orders.order.read", "orders.refund.write")  # what the clerk's role allows
THEIRS = (
    "/admin/staff",
    "/admin/roles",
    "/admin/tokens",
    "/admin/customers",
    "/admin/products",
    "/admin/plugins",
    "/admin/audit",
)
SQLITE = (("", 1280, True), ("", 360, False), ("/zh", 360, True), ("/zh", 1280, False))


@pytest.fixture(scope="module")
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    environment = {"MARKETRY_DATABASE_URL": fresh_postgres()} if request.param == "postgresql" else {}
    running = RunningSite(tmp_path_factory.mktemp("staff"), PLUGINS, environment=environment, theme="atelier", more=BANK)
    running.make_tables()
    stock_up(running, {"MUG": 50})
    deliver(running)
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("shop", "language", "width", "script"),
    [*(("sqlite", *way) for way in SQLITE), ("postgresql", "/zh", 1280, True)],
    ids=["en-desk-js", "en-phone-nojs", "zh-phone-js", "zh-desk-nojs", "postgresql-zh-desk-js"],
    indirect=["shop"],
)
def test_an_owner_invites_a_clerk_who_does_what_the_role_allows_until_blocked(
    browser: Browser, shop: RunningSite, language: str, width: int, script: bool
) -> None:
    owner, clerk = (Visit(browser, shop, language, width, script, who) for who in ("owner", "clerk"))
    boss, email = f"olga-{uuid4().hex[:8]}@example.com", f"carl-{uuid4().hex[:8]}@example.com"
    app = enter_by_link(owner, boss)
    choose_password(owner)
    sign_in(owner, boss, app)
    order = paid_order(browser, owner)
    invite(owner, email, make_role(owner))
    join(clerk, email)
    sees_only_the_role(clerk)
    refund_within_the_limit(clerk, order)
    look_around(owner, customer_of(shop))
    block(owner, email)
    clerk.open("/admin/orders")
    expect(clerk.page).to_have_url(re.compile("/admin/sign-in"))
    refused = re.compile("status of (403|422)")  # the browser's word for a page that says no, which the journey asks for
    assert [error for error in owner.errors + clerk.errors if not refused.search(error)] == []


def enter_by_link(visit: Visit, email: str) -> pyotp.TOTP:
    """The first owner comes by the link that the command line prints, and must set up a second factor; returns their app."""
    printed = visit.shop.command("staff", "create-admin", email).stdout
    page = visit.open(re.search(r"/admin/enter\S+", printed)[0])  # type: ignore[index]
    visit.looked_at("link")
    go_on(page, "/admin/enter")
    app = set_up_phone(visit)
    page.locator("main a.button--primary").click()
    expect(page).to_have_url(re.compile("/admin$"))
    visit.looked_at("dashboard")
    return app


def set_up_phone(visit: Visit) -> pyotp.TOTP:
    """The app takes the secret from the page; its first code is that of the half minute before, so that the next sign-in
    needn't wait for another one. Ten recovery codes are shown."""
    page = visit.page
    expect(page.locator("main .qr")).to_be_visible()
    app = pyotp.TOTP("".join((page.locator(".factor__secret").text_content() or "").split()))
    visit.looked_at("factor")
    page.fill("[name=code]", app.at(int(steady()) - 30))
    go_on(page, "/factor")
    expect(page.locator(".factor__codes li")).to_have_count(10)
    visit.looked_at("recovery-codes")
    return app


def steady() -> float:
    """The time, early enough within its half minute that a code made now still fits when it arrives."""
    while time.time() % 30 > 26:
        time.sleep(0.2)
    return time.time()


def choose_password(visit: Visit) -> None:
    page = visit.open("/admin/me/password")
    visit.looked_at("password")
    page.fill("[name=password]", PASSWORD)
    go_on(page, "/admin/me/password")
    visit.looked_at("me")


def sign_in(visit: Visit, email: str, app: pyotp.TOTP) -> None:
    """Out, and in again by password and code; half of it lets nobody in."""
    page = visit.page
    visit.context.clear_cookies()
    visit.open("/admin/sign-in")
    visit.looked_at("sign-in")
    page.locator("form[action$='/password'] [name=email]").fill(email)
    page.fill("[name=password]", PASSWORD)
    go_on(page, "/admin/sign-in/password")
    visit.looked_at("code")
    visit.open("/admin/me")
    expect(page).to_have_url(re.compile("/admin/sign-in"))
    visit.open("/admin/sign-in/code")
    page.fill("[name=code]", app.at(int(steady())))
    go_on(page, "/admin/sign-in/code")
    expect(page).to_have_url(re.compile("/admin$"))


def paid_order(browser: Browser, owner: Visit) -> str:
    """A guest's order whose money the owner has noted; its number."""
    context = browser.new_context()
    number = buy_as_guest(context.new_page(), owner.shop.url)
    context.close()
    go_on(owner.open(f"/admin/orders/{number}"), f"/{number}/receive")
    return number


def make_role(visit: Visit) -> str:
    """A role of three permissions, and refunds up to ten dollars; its name."""
    page, name = visit.open("/admin/roles/new"), f"Till {uuid4().hex[:6]}"
    page.fill("[name=name]", name)
    page.fill("[name=note]", "Stands at the till.")
    for code in MINE:
        page.check(f"[name=permissions][value='{code}']")
    page.select_option("[name='limit:orders.refund']", "up_to")
    page.fill("[name='limit:orders.refund:USD']", "10")
    visit.looked_at("new-role")
    go_on(page, "/admin/roles/new")
    expect(page.locator(f"[name=permissions][value='{MINE[1]}']")).to_be_checked()
    expect(page.locator("[name='limit:orders.refund:USD']")).to_have_value("10.00")
    visit.looked_at("role")
    return name


def invite(visit: Visit, email: str, role: str) -> None:
    page = visit.open("/admin/staff/invite")
    page.fill("[name=email]", email)
    page.get_by_label(role).check()
    visit.looked_at("invite")
    go_on(page, "/admin/staff/invite")
    expect(page.locator("main")).to_contain_text(email)
    visit.looked_at("staff-invited")


def join(visit: Visit, email: str) -> None:
    page = visit.page
    page.goto(mailed(visit.shop, email, "/admin/invitation"))
    visit.looked_at("invitation")
    page.fill("[name=name]", "Carl Clerk")
    page.fill("[name=password]", PASSWORD)
    go_on(page, "/admin/invitation")
    set_up_phone(visit)
    page.locator("main a.button--primary").click()
    expect(page).to_have_url(re.compile("/admin$"))
    visit.looked_at("dashboard")


def mailed(shop: RunningSite, email: str, path: str) -> str:
    """The link to `path` in the mail to `email`; jobs send it within some seconds."""
    books, deadline = Books(shop), time.monotonic() + 30
    while time.monotonic() < deadline:
        text = books.one(f"select max(text) from kernel_mail where recipient = '{email}'")
        found = re.search(rf"https?://\S+{path}\?token=\S+", str(text or ""))
        if found:
            books.close()
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no mail to {email}")


def sees_only_the_role(visit: Visit) -> None:
    page = visit.open("/admin")
    there = page.locator("nav a").evaluate_all("links => links.map((link) => new URL(link.href).pathname)")
    places = {path.removeprefix("/zh") for path in there}
    assert places >= {"/admin", "/admin/orders", "/admin/me"}
    assert places.isdisjoint(THEIRS)
    for path in THEIRS:
        assert visit.context.request.get(visit.url + path).status == 403, path
    visit.open("/admin/staff")
    visit.looked_at("forbidden")


def refund_within_the_limit(visit: Visit, order: str) -> None:
    """Five dollars are given back, six more are beyond ten in all."""
    books = Books(visit.shop)
    refunded = (
        "select coalesce(sum(o.amount), 0) from orders_operation o join orders_order r on r.id = o.order_id "
        "where o.kind = 'refund' and r.number = :n"
    )
    for amount, back in (("5.00", 500), ("6.00", 500)):
        page = visit.open(f"/admin/orders/{order}")
        page.fill("#f-refund-amount", amount)
        go_on(page, f"/{order}/refund")
        visit.looked_at(f"refund-{amount}")
        assert books.one(refunded, n=order) == back
    expect(page.locator("main")).to_contain_text("10.00")
    books.close()


def customer_of(shop: RunningSite) -> str:
    """A customer with an account; the end of their address in the back office."""
    email, api = f"ada-{uuid4().hex[:8]}@example.com", f"{shop.url}/api/v1"
    asked = {"email": email, "password": PASSWORD, "name": "Ada Lovelace", "marketing": True}
    assert httpx.post(f"{api}/customers", json=asked).status_code == 202
    token = mailed(shop, email, "/account/verify").partition("token=")[2]
    made = httpx.post(f"{api}/customers/confirm", json={"token": token, "password": PASSWORD})
    assert made.status_code == 201, made.text
    return str(made.json()["customer"]["id"]).removeprefix("customer:")


def look_around(visit: Visit, customer: str) -> None:
    """Every other page about people: the owner opens each."""
    page = visit.open("/admin/tokens/new")
    page.fill("[name=name]", "Till printer")
    page.check(f"[name=permissions][value='{MINE[1]}']")
    visit.looked_at("new-token")
    go_on(page, "/admin/tokens/new")
    expect(page.locator("main pre").first).to_contain_text("mky_")
    visit.looked_at("token")
    group = f"wholesale-{uuid4().hex[:6]}"
    page = visit.open("/admin/customer-groups/new")
    page.fill("[name=code]", group)
    page.fill("[name='name.en']", "Wholesale")
    visit.looked_at("new-group")
    go_on(page, "/admin/customer-groups/new")
    for path in ("tokens", "roles", "roles/support", "staff", "me", "me/factor", "confirm", "customers", "customer-groups",
                 f"customer-groups/{group}", f"customers/{customer}"):  # fmt: skip
        assert visit.page.goto(f"{visit.url}/admin/{path}").status == 200, path  # type: ignore[union-attr]
        visit.looked_at(path.replace("/", "-")[:20])


def block(visit: Visit, email: str) -> None:
    page: Page = visit.open("/admin/staff")
    page.locator("main td", has_text=email).get_by_role("link").click()
    visit.looked_at("person")
    go_on(page, "/block")
    visit.looked_at("blocked")

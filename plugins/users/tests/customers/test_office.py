"""What staff see of customers and do with their accounts, and that each deed is written down."""

import re
from typing import Any

import pytest
from sqlalchemy import insert

from marketry.testing.clients import visitor_of
from marketry.web.values import SYSTEM
from marketry_backoffice.api import ensure_admin, issue_link
from marketry_users.customer_lists import CustomerFilter, list_customers
from marketry_users.models import Customer

from .conftest import ADA, Browser, Shop

RELAXED = "[settings.users]\nrequire_second_factor = false\n"


@pytest.fixture
def shop(open_shop: Any) -> Shop:
    found: Shop = open_shop(more=RELAXED)
    return found


def staff(shop: Shop, *permissions: str) -> Browser:
    ctx = shop.runtime.context(actor=SYSTEM)
    with ctx.writing():
        row = ensure_admin(ctx, "olga@example.com")
        row.permissions = list(permissions or ["*"])
        link = issue_link(ctx, row)
    browser = Browser(shop, visitor_of(shop.runtime))
    path = link.partition("testserver")[2]
    browser.post(path, to="/admin/enter", token=path.partition("token=")[2])
    return browser


def path_of(shop: Shop, email: str = ADA) -> str:
    (row,) = shop.rows(f"SELECT id FROM users_customer WHERE email = '{email}'")
    return f"/admin/customers/{row.id.partition(':')[2]}"


def audited(shop: Shop) -> list[str]:
    return [row.action for row in shop.rows("SELECT action FROM kernel_audit WHERE action LIKE 'users.%' ORDER BY id")]


def test_staff_find_a_customer_by_name_or_address(shop: Any) -> None:
    shop.register()
    shop.register("grace@example.com", name="Grace Hopper")
    olga = staff(shop)
    names = re.findall(r'class="table__main"><a href="[^"]+">([^<]+)', olga.get("/admin/customers").text)
    assert sorted(names) == ["Ada", "Grace Hopper"]
    for q in ("grace", "GRACE H", "Grace@Example.com", "grace@"):
        page = olga.get(f"/admin/customers?q={q}").text
        assert ("Grace Hopper" in page, "ada@example.com" in page) == (True, False), q
    assert "Grace Hopper" in olga.get("/admin/search?q=grace").text
    assert "No customers here" in olga.get("/admin/customers?q=nobody").text


def test_staff_block_an_account_and_open_it_again(shop: Any) -> None:
    ada, olga, page = shop.register(), staff(shop), path_of(shop)
    olga.post(page, to=f"{page}/block")
    assert not ada.signed_in
    refused = shop.browser().sign_in()
    assert (refused.status_code, "has been closed by the shop" in refused.text) == (403, True)
    shop.browser().post("/account/reset", email=ADA)
    assert shop.mails(ADA, "reset") == []
    olga.post(page, to=f"{page}/unblock")
    assert shop.browser().sign_in().url.path == "/account"
    assert audited(shop) == ["users.customer.block", "users.customer.unblock"]


def test_staff_send_a_link_for_a_new_password_and_never_see_it(shop: Any) -> None:
    shop.register()
    olga, page = staff(shop), path_of(shop)
    olga.post(page, to=f"{page}/reset")
    (mail,) = shop.mails(ADA, "reset")
    token = shop.token(ADA, "reset")
    shown = olga.get(f"/admin/outbox/mails/{mail.id}").text + olga.get(f"/admin/mails/{mail.id}").text
    assert token not in shown
    assert token not in olga.get(page).text


def test_a_note_sent_twice_is_kept_once(shop: Any) -> None:
    shop.register()
    olga, page = staff(shop), path_of(shop)
    for _ in range(2):
        olga.post(page, to=f"{page}/note", text="Prefers calls in the morning.", key="same")
    assert olga.get(page).text.count("Prefers calls in the morning.") == 1
    assert olga.post(page, to=f"{page}/note", text="  ", key="other").status_code == 422
    assert audited(shop) == ["users.customer.note"]


def test_groups_are_made_filled_and_follow_the_customer(shop: Any) -> None:
    ada, olga = shop.register(), staff(shop)
    made = olga.post("/admin/customer-groups/new", **{"code": "wholesale", "name.en": "Wholesale", "name.zh": "批发"})
    assert made.url.path == "/admin/customer-groups/wholesale"
    members = "/admin/customer-groups/wholesale/members"
    unknown = olga.post("/admin/customer-groups/wholesale", to=members, emails="ada@example.com, nobody@example.com")
    assert unknown.status_code == 422
    assert shop.count("users_membership") == 0
    olga.post("/admin/customer-groups/wholesale", to=members, emails="ADA@example.com")
    assert ada.client.get("/api/v1/customer").json()["groups"] == ["wholesale"]
    assert "Ada" in olga.get("/admin/customers?group=wholesale").text
    page = path_of(shop)
    olga.post(page, to=f"{page}/groups")
    assert ada.client.get("/api/v1/customer").json()["groups"] == []
    assert audited(shop) == ["users.group.created", "users.group.members", "users.customer.groups"]


def test_each_page_and_deed_asks_for_its_permission(shop: Any) -> None:
    shop.register()
    page = path_of(shop)
    reader = staff(shop, "users.customer.read")
    assert (reader.get("/admin/customers").status_code, reader.get(page).status_code) == (200, 200)
    assert "Block" not in reader.get(page).text
    for deed in ("block", "unblock", "reset", "sign-out", "note", "groups"):
        assert reader.post("/admin/customers", to=f"{page}/{deed}", text="x", key="x").status_code == 403, deed
    assert reader.get("/admin/customer-groups").status_code == 403
    stranger = staff(shop, "backoffice.dashboard.read")
    assert stranger.get("/admin/customers").status_code == 403
    assert "Ada " not in stranger.get("/admin/search?q=ada").text
    assert audited(shop) == []


def test_ten_thousand_customers_are_walked_in_pages(shop: Any) -> None:
    ctx = shop.runtime.context()
    now = {name: ctx.now() for name in ("password_at", "verified_at", "created_at")}
    rows = [
        {
            **now, "id": f"customer:{n:024d}", "email": f"c{n:05d}@example.com", "name": f"Customer {n:05d}",
            "name_key": f"customer {n:05d}", "locale": "en", "password": "x", "marketing": False, "marketing_source": "",
        }
        for n in range(10_000)
    ]  # fmt: skip
    with ctx.writing() as session:
        session.execute(insert(Customer), rows)
    with ctx.reading():
        first = list_customers(ctx, CustomerFilter())
        second = list_customers(ctx, CustomerFilter(), first.next_cursor)
        found = list_customers(ctx, CustomerFilter(q="customer 0777"))
    assert [row.name for row in (first.items[0], second.items[0])] == ["Customer 09999", "Customer 09949"]
    assert (first.count, first.capped) == (1_000, True)
    assert [row.name for row in found.items] == [f"Customer 0777{n}" for n in range(10)]


def test_a_customers_page_leads_to_their_orders_where_there_are_orders(open_shop: Any) -> None:
    shop = open_shop("catalog", "orders", more=RELAXED)
    shop.register()
    olga, page = staff(shop), path_of(shop)
    assert "/admin/orders?q=ada%40example.com" in olga.get(page).text
    assert "/admin/orders?q=" not in staff(shop, "users.customer.read").get(page).text

"""Every route of a whole shop, called as everybody: allowed or refused as `table.py` says, what is another's isn't there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.access.people import Somebody, Town
from tests.access.table import HOLDERS, ROUTES
from tests.buying import ADDRESS

from marketry.cli.application import run
from marketry.testing.clients import client_of
from marketry.testing.sites import SiteFactory
from marketry.web.routing import listed_routes
from marketry.web.values import SYSTEM
from marketry_orders.access import order_token

PLUGINS = (
    "backoffice", "users", "catalog", "orders", "payments_manual", "shipping", "pages", "wishlist", "backinstock", "discovery",
)  # fmt: skip
ROLES = ("owner", "manager", "order_clerk", "catalogue_editor", "accountant", "support")
TOKEN = frozenset({"orders.order.read", "users.staff.read"})
BANK = '[settings.payments_manual.bank_accounts]\nUSD = { holder = "Test shop", number = "000123456789" }\n'
# What a request must say before it is looked at whose thing it is about; the others say nothing.
BODIES: dict[str, Any] = {
    "billing-address": ADDRESS,
    "shipping-address": ADDRESS,
    "cancel": {"refund": False},  # giving money back takes another permission as well
    "complete": {},
    "coupon": {"code": "X"},
    "email": {"email": "ada@example.com"},
    "lines": {"sku": "BOWL", "quantity": 1},
    "{line}": {"quantity": 1},
    "payment-method": {"code": "bank_transfer"},
    "payments": [{"code": "bank_transfer"}],
    "shipping-method": {"code": "post"},
    "{address}": ADDRESS,
}
SIGNS_OUT = "POST /account/security/sessions/end-all"  # and therefore leads to the page to sign in
PARAMETER = re.compile(r"\{(\w+)(:\w+)?\}")


@pytest.fixture(scope="module")
def town(tmp_path_factory: Any) -> Iterator[Town]:
    factory = SiteFactory(tmp_path_factory.mktemp("access"))
    made = Town(factory(*PLUGINS, more=BANK))
    made.settle_in(ROLES, TOKEN)
    yield made
    factory.close()


@pytest.fixture(scope="module")
def client(town: Town) -> Any:
    return client_of(town.site, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def goods(town: Town, tmp_path_factory: Any) -> str:
    """A product that can be bought; its SKU."""
    folder = tmp_path_factory.mktemp("goods")
    (folder / "categories.csv").write_text("handle,parent,position,name_en\r\nthings,,1,Things\r\n")
    (folder / "products.csv").write_text("handle,categories,title_en,tax_class,published\r\nbowl,things,Bowl,standard,true\r\n")
    (folder / "variants.csv").write_text("product,sku,price_usd,weight_g,stock_main\r\nbowl,BOWL,2500,500,100\r\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MARKETRY_SITE", str(town.site.site.dir))
        assert run(["catalog", "import", str(folder)]) == 0
        assert run(["shipping", "start"]) == 0
    return "BOWL"


def new_cart(client: Any, sku: str) -> tuple[str, str]:
    made = client.post("/api/v1/carts").json()
    headers = {"X-Cart-Token": made["token"]}
    assert client.post(f"/api/v1/carts/{made['id']}/lines", json={"sku": sku, "quantity": 1}, headers=headers).status_code in (
        200,
        201,
    )
    return made["id"], made["token"]


@pytest.fixture(scope="module")
def order(client: Any, town: Town, goods: str) -> str:
    """An order of the customer; its number."""
    cart, token = new_cart(client, goods)
    headers = {"X-Cart-Token": token}
    steps = (
        ("email", {"email": "ada@example.com"}), ("shipping-address", ADDRESS), ("payment-method", {"code": "bank_transfer"}),
    )  # fmt: skip
    for what, body in steps[:2]:
        assert client.put(f"/api/v1/carts/{cart}/{what}", json=body, headers=headers).status_code == 200
    methods = client.get(f"/api/v1/carts/{cart}/shipping-methods", headers=headers).json()
    if methods:
        chosen = {"code": methods[0]["code"], "group": methods[0].get("group")}
        client.put(f"/api/v1/carts/{cart}/shipping-method", json=chosen, headers=headers)
    assert client.put(f"/api/v1/carts/{cart}/payment-method", json=steps[2][1], headers=headers).status_code == 200
    done = client.post(f"/api/v1/carts/{cart}/complete", headers={**headers, "Idempotency-Key": "access"})
    assert done.status_code == 201, done.text
    number: str = done.json()["order"]["number"]
    town.give_order(number, town.people[1])
    return number


def called(
    client: Any, town: Town, route: str, who: Somebody, filled: dict[str, str], headers: dict[str, str] | None = None
) -> Any:
    """`route` called by `who` with nothing to say: who may call it is then told what is missing."""
    method, pattern = route.split(" ", 1)
    path = PARAMETER.sub(lambda match: filled.get(match[1], "1" if match[2] == ":int" else "nothing"), pattern)
    said = BODIES.get(pattern.rpartition("/")[2], {})
    body = {"json": said} if path.startswith("/api/") and method in ("POST", "PUT", "PATCH") else {}
    client.cookies.clear()
    return client.request(method, path, headers={"Idempotency-Key": "k", **town.headers(who), **(headers or {})}, **body)


def is_refused(answer: Any, row: str) -> bool:
    """Refused for who it is: not known, not allowed, or led to sign in (pages for anybody may lead there as well)."""
    led = row != "anybody" and "/sign-in" in answer.headers.get("location", "")
    return answer.status_code in (401, 403) or led


def may(who: Somebody, row: str) -> bool:
    """What the table says of `who`."""
    match row:
        case "anybody" | "cart" | "order":
            return True
        case "customer" | "customer, own":
            return who.kind == "customer"
        case "staff":
            return who.kind == "staff"
    if who.kind == "token":
        return row in who.permissions
    return who.kind == "staff" and (who.name == "owner" or who.name in HOLDERS[row].split())


def test_every_route_has_a_row_and_every_row_a_route(client: Any) -> None:
    there = {f"{row['method']} {row['path']}" for row in listed_routes(client.app)}
    assert there - ROUTES.keys() == set()
    assert ROUTES.keys() - there == set()


def test_a_route_is_guarded_as_its_row_says(client: Any) -> None:
    declared = {f"{row['method']} {row['path']}": row["access"] for row in listed_routes(client.app)}
    told = {
        "anybody": ("public", "open"),
        "cart": ("public", "open"),
        "order": ("public", "open"),
        "customer, own": ("customer",),
    }
    wrong = {route: (row, declared[route]) for route, row in ROUTES.items() if declared[route] not in told.get(row, (row,))}
    assert wrong == {}


def test_everybody_is_allowed_or_refused_as_the_table_says(client: Any, town: Town, order: str) -> None:
    wrong: dict[str, str] = {}
    for route, row in ROUTES.items():
        for who in town.people:
            page = not route.split(" ", 1)[1].startswith("/api/")
            expected = may(who, row) and not (who.kind == "token" and page and row not in ("anybody", "order", "cart"))
            answer = called(client, town, route, who, {"plugin": "shipping", "id": "999999"})
            refused = is_refused(answer, "anybody" if route == SIGNS_OUT and who.kind == "customer" else row)
            if answer.status_code >= 500 or refused is expected:
                wrong[f"{route} as {who.name}"] = f"{answer.status_code} {answer.headers.get('location', '')}"
    assert wrong == {}, "\n".join(f"{call}: {told}" for call, told in sorted(wrong.items()))


def owned(town: Town, route: str, who: Somebody, order: str) -> dict[str, str]:
    """Ids of things of `who`, new ones each time, since the route may take them away."""
    return {"address": town.address(who), "session": town.session(who)[1], "number": order, "instrument": town.instrument(who)}


@pytest.mark.parametrize("route", [route for route, row in ROUTES.items() if row == "customer, own"])
def test_what_is_another_customers_is_not_there(client: Any, town: Town, order: str, route: str) -> None:
    owner, other = town.people[1], town.people[2]
    theirs = owned(town, route, owner, order)
    assert called(client, town, route, other, theirs).status_code == 404
    assert called(client, town, route, owner, theirs).status_code not in (401, 403, 404)


@pytest.mark.parametrize("route", [route for route, row in ROUTES.items() if row == "cart"])
def test_a_cart_is_there_for_who_holds_its_token(client: Any, town: Town, goods: str, route: str) -> None:
    cart, token = new_cart(client, goods)
    foreign = new_cart(client, goods)[1]
    nobody = town.people[0]
    filled = {"cart": cart, "plugin": "orders", "key": "note"}
    for headers in ({}, {"X-Cart-Token": foreign}, {"X-Cart-Token": "guess"}):
        assert called(client, town, route, nobody, filled, headers).status_code == 404, headers
    answer = called(client, town, route, nobody, filled, {"X-Cart-Token": token})
    assert answer.status_code not in (401, 403)
    assert answer.status_code != 404 or "{line}" in route or "{key}" in route


@pytest.mark.parametrize("route", [route for route, row in ROUTES.items() if row == "order"])
def test_an_order_is_there_for_who_holds_its_token_or_bought_it(client: Any, town: Town, order: str, route: str) -> None:
    anonymous, _, other = town.people[:3]
    for who in (anonymous, other, *town.people[3:]):
        assert called(client, town, route, who, {"number": order}).status_code == 404, who.name
    if route.startswith("GET "):
        token = order_token(town.site.context(actor=SYSTEM), order)
        path = route.split(" ")[1].replace("{number}", order)
        browser = client_of(town.site)
        browser.get(f"/orders/{order}", params={"token": token})  # remembered from here on
        opened = browser.get(path, params={"token": token}, headers={"X-Order-Token": token} if "/api/" in path else {})
        assert opened.status_code in (200, 303)

"""What another site, another field or another host tries: cross-site posts, mass assignment, redirects, links in mails."""

from typing import Any
from urllib.parse import quote

from marketry.web.landing import own_path

from .conftest import ADA, PASSWORD


def test_a_link_in_a_mail_names_the_shops_own_host_whatever_a_request_claims(shop: Any) -> None:
    """Reset poisoning: the base URL of the settings alone enters mails."""
    shop.register()
    browser = shop.browser()
    page = browser.get("/account/reset")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Host": "evil.example"}
    browser.client.post("/account/reset", data={"csrf_token": token, "email": ADA}, headers=forged)
    assert "http://testserver/account/reset?token=" in shop.mails(ADA, "reset")[-1].text
    assert not any("evil.example" in mail.text + mail.html for mail in shop.mails())
    data = {"csrf_token": token, "email": ADA}
    assert browser.client.post("/account/reset", data=data, headers={"Host": "evil.example"}).status_code == 400
    assert len(shop.mails(ADA, "reset")) == 1


WHERE_NOT = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)",
    "evil.example", "/%0d%0aSet-Cookie:x=1\r\n", " //evil.example", "///evil.example", "/account\nLocation: //evil.example", "",
]  # fmt: skip


def test_only_a_path_of_this_site_is_gone_to_after_signing_in(open_shop: Any) -> None:
    shop = open_shop(environ={"MARKETRY_USERS__SIGN_IN_TRIES_PER_ACCOUNT": "100"})
    shop.register()
    for wanted in WHERE_NOT:
        answer = shop.browser().sign_in(next=wanted, follow=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account"), wanted
        page = shop.browser().get(f"/account/sign-in?next={quote(wanted)}")
        assert 'name="next"' not in page.text.split("<main")[1].split("</main>")[0], wanted
    assert shop.browser().sign_in(next="/account/data", follow=False).headers["location"] == "/account/data"


def test_a_path_of_this_site_is_gone_to() -> None:
    assert own_path("/orders/7?token=a%2Fb&x=1", "/account") == "/orders/7?token=a%2Fb&x=1"
    assert own_path("/", "/account") == "/"
    assert own_path("/" + "a" * 2_001, "/account") == "/account"


FORMS = [
    "/account/sign-in", "/account/register", "/account/register/again", "/account/verify", "/account/reset",
    "/account/reset/password", "/account/sign-out", "/account/details", "/account/addresses/new", "/account/security/password",
    "/account/security/email", "/account/email", "/account/security/sessions/end-all", "/account/security/sessions/end-others",
    "/account/data/export", "/account/data/delete",
]  # fmt: skip


def test_no_form_is_taken_from_another_site_nor_without_the_pages_token(shop: Any) -> None:
    ada = shop.register()
    fields = {"email": "mallory@example.com", "password": PASSWORD, "current": PASSWORD, "name": "Mallory", "token": "x"}
    before = shop.rows("SELECT * FROM users_customer") + shop.rows("SELECT hash FROM kernel_session")
    for path in FORMS:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert ada.client.post(path, data=fields, headers=headers).status_code == 403, (path, headers)
        assert ada.client.post(path, data=fields).status_code == 403, path
        assert ada.client.post(path, data={**fields, "csrf_token": "f" * 64}).status_code == 403, path
    assert shop.rows("SELECT * FROM users_customer") + shop.rows("SELECT hash FROM kernel_session") == before


def test_json_with_the_browsers_cookie_is_refused_from_another_site(shop: Any) -> None:
    ada = shop.register()
    answer = ada.client.patch("/api/v1/customer", json={"name": "Mallory"}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert "Ada" in ada.get("/account").text


EXTRA = {
    "id": "customer:mine", "verified": True, "verified_at": "2020-01-01T00:00:00Z", "blocked_at": None, "groups": ["wholesale"],
    "permissions": ["*"], "customer_id": "customer:other", "email": "mallory@example.com", "password_at": "2020-01-01T00:00:00Z",
}  # fmt: skip


def test_nobody_sets_a_field_that_is_not_asked_for(shop: Any) -> None:
    """Mass assignment, by JSON and by form: refused, and nothing is changed."""
    ada = shop.register()
    before = shop.rows("SELECT * FROM users_customer")
    for field, value in EXTRA.items():
        refused = ada.client.patch("/api/v1/customer", json={"name": "Mallory", field: value})
        assert (refused.status_code, refused.json()["field"]) == (422, field)
        assert ada.post("/account/details", name="Mallory", **{field: str(value)}).status_code == 422, field
        if field != "email":
            body = {"email": "new@example.com", "password": PASSWORD, field: value}
            assert shop.browser().client.post("/api/v1/customers", json=body).status_code == 422, field
            form = {"email": "new@example.com", "password": PASSWORD, field: str(value)}
            assert shop.browser().post("/account/register", **form).status_code == 422, field
    assert shop.count("users_registration") == 0
    assert shop.rows("SELECT * FROM users_customer") == before


def test_an_address_of_another_customer_can_be_neither_seen_nor_changed(shop: Any) -> None:
    ada, mallory = shop.register(), shop.register("mallory@example.com")
    address = {
        "name": "Ada",
        "line1": "1 Loom St",
        "city": "Springfield",
        "region": "IL",
        "postal_code": "62701",
        "country": "US",
    }
    saved = ada.client.post("/api/v1/customer/addresses", json=address).json()["id"]
    for page in ("", "/default", "/delete"):
        path = f"/account/addresses/{saved}{page}"
        assert mallory.post("/account/addresses/new", to=path, **address, use="shipping").status_code == 404
    assert mallory.get(f"/account/addresses/{saved}").status_code == 404
    api = f"/api/v1/customer/addresses/{saved}"
    assert mallory.client.put(api, json={**address, "name": "Mallory"}).status_code == 404
    assert mallory.client.delete(api).status_code == 404
    assert [one["name"] for one in ada.client.get("/api/v1/customer/addresses").json()["items"]] == ["Ada"]

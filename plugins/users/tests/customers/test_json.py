"""The same use cases for headless shops, on both databases."""

from typing import Any

from .conftest import ADA, PASSWORD

ADDRESS = {"name": "Ada", "line1": "1 Loom St", "city": "Springfield", "region": "IL", "postal_code": "62701", "country": "US"}


def test_a_program_registers_signs_in_keeps_addresses_and_leaves(open_shop: Any, database: str) -> None:
    shop = open_shop()
    client = shop.browser().client
    body = {"email": ADA, "password": PASSWORD, "name": "Ada", "marketing": True}
    assert (client.post("/api/v1/customers", json=body).status_code, shop.count("users_customer")) == (202, 0)
    token = shop.token(ADA, "verify")
    wrong = client.post("/api/v1/customers/confirm", json={"token": token, "password": "not the one"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_password")
    opened = client.post("/api/v1/customers/confirm", json={"token": token, "password": PASSWORD})
    assert opened.status_code == 201
    assert {k: v for k, v in opened.json()["customer"].items() if k != "id"} == {
        "email": ADA, "name": "Ada", "locale": "en", "marketing": True, "groups": [],
    }  # fmt: skip
    bearer = {"Authorization": f"Bearer {opened.json()['token']}"}
    saved = client.post("/api/v1/customer/addresses", json={**ADDRESS, "label": "Home"}, headers=bearer)
    assert (saved.status_code, saved.json()["default_shipping"], saved.json()["default_billing"]) == (201, True, True)
    wrong = client.post("/api/v1/customer/addresses", json={**ADDRESS, "postal_code": "ABC"}, headers=bearer)
    assert (wrong.status_code, wrong.json()["field"]) == (422, "postal_code")
    work = {**ADDRESS, "label": "Work", "line1": "2 Mill Rd", "default_shipping": True}
    client.post("/api/v1/customer/addresses", json=work, headers=bearer)
    items = client.get("/api/v1/customer/addresses", headers=bearer).json()["items"]
    assert [(one["label"], one["default_shipping"], one["default_billing"]) for one in items] == [
        ("Work", True, False), ("Home", False, True),
    ]  # fmt: skip
    client.delete(f"/api/v1/customer/addresses/{items[0]['id']}", headers=bearer)
    (left,) = client.get("/api/v1/customer/addresses", headers=bearer).json()["items"]
    assert (left["label"], left["default_shipping"]) == ("Home", True)
    assert client.patch("/api/v1/customer", json={"locale": "zh", "marketing": False}, headers=bearer).json()["locale"] == "zh"
    assert client.patch("/api/v1/customer", json={"locale": "fr"}, headers=bearer).json()["code"] == "unknown_locale"
    exported = client.get("/api/v1/customer/export", headers=bearer).json()["users"]["account"]
    assert [consent["given"] for consent in exported["consents"]] == [True, False]
    assert exported["addresses"][0]["label"] == "Home"
    assert client.post("/api/v1/customer/deletion", json={"password": "not the one"}, headers=bearer).status_code == 422
    assert client.post("/api/v1/customer/deletion", json={"password": PASSWORD}, headers=bearer).status_code == 204
    assert [shop.count(f"users_{table}") for table in ("customer", "address", "consent", "registration")] == [0, 0, 0, 0]
    assert client.get("/api/v1/customer", headers=bearer).status_code == 401


def test_a_token_holds_until_it_is_given_back_or_its_time_is_over(shop: Any) -> None:
    shop.register()
    client = shop.browser().client
    first, second = (client.post("/api/v1/sessions", json={"email": ADA, "password": PASSWORD}).json() for _ in range(2))
    one, two = ({"Authorization": f"Bearer {each['token']}"} for each in (first, second))
    sessions = client.get("/api/v1/customer/sessions", headers=one).json()["items"]
    assert sorted((each["program"], each["current"]) for each in sessions) == [(False, False), (True, False), (True, True)]
    assert client.delete("/api/v1/sessions", headers=one).status_code == 204
    gone = client.get("/api/v1/customer", headers=one)
    assert (gone.status_code, gone.json()["code"], gone.headers["www-authenticate"]) == (401, "sign_in_required", "Bearer")
    assert client.get("/api/v1/customer", headers=two).json()["email"] == ADA
    assert first["token"] not in str(shop.rows("SELECT * FROM kernel_session"))
    shop.clock.pass_by(days=15)
    assert client.get("/api/v1/customer", headers=two).status_code == 401


def test_a_token_changes_password_and_stays_while_all_others_end(shop: Any) -> None:
    ada = shop.register()
    client = shop.browser().client
    tokens = [client.post("/api/v1/sessions", json={"email": ADA, "password": PASSWORD}).json()["token"] for _ in range(2)]
    one, two = ({"Authorization": f"Bearer {token}"} for token in tokens)
    weak = client.post("/api/v1/customer/password", json={"current": PASSWORD, "password": "password1"}, headers=one)
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    done = client.post("/api/v1/customer/password", json={"current": PASSWORD, "password": "five blue bowls"}, headers=one)
    assert done.status_code == 204
    assert client.get("/api/v1/customer", headers=one).status_code == 200
    assert client.get("/api/v1/customer", headers=two).status_code == 401
    assert not ada.signed_in

"""The second line of defence: a token in the forms of personal pages."""

import re

import pytest
from starlette.responses import PlainTextResponse, Response

from marketry.web import Ctx, Form, Router, private, public, redirect, render, start_session

from .conftest import Web, plugin

FORM = {"bowls/form.html": "{% for m in messages() %}[{{ m }}]{% endfor %}<form>{{ csrf_field() }}</form>"}


@pytest.fixture
def client(web: Web, router: Router) -> object:
    @router.get("/account")
    def show(ctx: Ctx) -> Response:
        return render(ctx, "bowls/form.html")

    @router.get("/public")
    def shown_to_all(ctx: Ctx) -> Response:
        return render(ctx, "bowls/form.html")

    @router.post("/account")
    @public
    def change(ctx: Ctx, form: Form) -> Response:
        return redirect(ctx, "/account", message=f"name is now {form.get('name')}, {sorted(form.values)}")

    @router.post("/account/in")
    @public
    def enter(ctx: Ctx) -> Response:
        with ctx.writing():
            response = PlainTextResponse("in")
            start_session(ctx, response, "customer", "customer:7")
        return response

    @router.delete("/marked")
    @public
    @private
    def marked() -> Response:
        return PlainTextResponse("gone")

    @router.get("/letter")
    @public
    @private
    def letter(ctx: Ctx) -> Response:
        return render(ctx, "bowls/form.html")

    @router.post("/cart/lines")
    @public
    def add() -> Response:
        return PlainTextResponse("added")

    return web(plugin("bowls", router), templates=FORM)


def token_in(page: str) -> str:
    return re.findall(r'name="csrf_token" value="(\w{64})"', page)[0]


def test_a_personal_form_carries_a_token_that_its_answer_needs(client) -> None:  # type: ignore[no-untyped-def]
    token = token_in(client.get("/account").text)
    sent = client.post("/account", data={"csrf_token": token, "name": "Ada"})
    assert sent.text.startswith("[name is now Ada, [&#39;name&#39;]]")
    assert "name is now" not in client.get("/account").text, "a message is shown once"


def test_a_page_marked_private_carries_a_token_though_it_asks_for_nobody_and_is_never_stored(client) -> None:  # type: ignore[no-untyped-def]
    page = client.get("/letter")
    assert len(token_in(page.text)) == 64
    assert "public" not in page.headers.get("cache-control", "")


@pytest.mark.parametrize("token", [None, "", "0" * 64, "né"])
def test_without_the_right_token_nothing_happens(client, token: str | None) -> None:  # type: ignore[no-untyped-def]
    client.get("/account")
    data = {"name": "Ada"} | ({} if token is None else {"csrf_token": token})
    answer = client.post("/account", data=data, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (403, "csrf", "csrf_token")


def test_a_token_of_another_browser_is_worth_nothing(client) -> None:  # type: ignore[no-untyped-def]
    theirs = token_in(client.get("/account").text)
    client.cookies.clear()
    client.get("/account")
    assert client.post("/account", data={"csrf_token": theirs}).status_code == 403


def test_a_token_may_come_in_a_header_as_htmx_sends_it(client) -> None:  # type: ignore[no-untyped-def]
    token = token_in(client.get("/account").text)
    assert client.delete("/marked", headers={"X-CSRF-Token": token}).text == "gone"
    assert client.delete("/marked").status_code == 403


def test_signing_in_makes_tokens_of_before_worthless(client) -> None:  # type: ignore[no-untyped-def]
    before = token_in(client.get("/account").text)
    assert client.post("/account/in", data={"csrf_token": before}).text == "in"
    assert client.post("/account", data={"csrf_token": before}).status_code == 403
    assert client.post("/account", data={"csrf_token": token_in(client.get("/account").text)}).status_code == 200


def test_a_public_page_has_neither_token_nor_cookie_nor_message_and_can_be_revalidated(client) -> None:  # type: ignore[no-untyped-def]
    client.get("/account")
    client.post("/account", data={"csrf_token": "wrong"})
    page = client.get("/public")
    assert page.text == "<form></form>"
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "public, max-age=0, must-revalidate"
    again = client.get("/public", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", page.headers["etag"])


def test_adding_to_the_cart_needs_no_token_since_product_pages_are_public(client) -> None:  # type: ignore[no-untyped-def]
    assert client.post("/cart/lines").text == "added"

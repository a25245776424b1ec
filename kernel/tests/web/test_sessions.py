"""Signing in and out: sessions on the server, rotated, limited in time."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.responses import PlainTextResponse, Response

from marketry.web import Ctx, Router, current_session, end_session, public, start_session
from marketry.web.bearer import start_bearer_session
from marketry.web.sessions import end_other_sessions, end_sessions_of, sweep_sessions
from marketry.web.tables import SessionRow

from .conftest import Web, plugin


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def doors(area: str = "shop") -> Router:
    router = Router()
    kind = "staff" if area == "admin" else "customer"

    @router.post("/in/{who}")
    @public
    def enter(ctx: Ctx, who: str) -> Response:
        response = PlainTextResponse("in")
        with ctx.writing():
            start_session(ctx, response, kind, f"{kind}:{who}", {"step": 1})  # type: ignore[arg-type]
        return response

    @router.post("/out")
    @public
    def leave(ctx: Ctx) -> Response:
        response = PlainTextResponse("out")
        with ctx.writing():
            end_session(ctx, response)
        return response

    @router.get("/me")
    @public
    def me(ctx: Ctx) -> Response:
        found = current_session(ctx)
        return PlainTextResponse(f"{found.subject} { {'step': found.data['step']} }" if found else "nobody")

    return router


def rows(client: Any) -> list[SessionRow]:
    with client.app.state.runtime.context().reading() as session:
        return list(session.scalars(select(SessionRow).order_by(col(SessionRow.subject))))


def test_who_signs_in_is_known_until_they_sign_out(web: Web) -> None:
    client = web(plugin("people", doors()))
    assert client.get("/me").text == "nobody"
    client.post("/in/7")
    assert client.get("/me").text == "customer:7 {'step': 1}"
    client.post("/out")
    assert client.get("/me").text == "nobody"
    assert rows(client) == []


def test_the_database_holds_only_a_hash_of_an_id_of_256_bits(web: Web) -> None:
    client = web(plugin("people", doors()))
    token = client.post("/in/7").cookies["session"]
    assert len(token) == 43
    assert [row.hash for row in rows(client)] == [sha256(token.encode()).hexdigest()]


@pytest.mark.parametrize(
    ("area", "base_url", "session"),
    [
        ("shop", "http://testserver", "session={}; HttpOnly; Max-Age=7776000; Path=/; SameSite=lax"),
        ("shop", "https://testserver", "__Host-session={}; HttpOnly; Max-Age=7776000; Path=/; SameSite=lax; Secure"),
        ("admin", "https://testserver", "__Host-staff={}; HttpOnly; Path=/; SameSite=strict; Secure"),
    ],
)
def test_the_cookies_flags_follow_scheme_and_kind(web: Web, area: str, base_url: str, session: str) -> None:
    client = web(plugin("people", doors(area), area), base_url=base_url)
    token = signed_in(client, area)
    answer = client.post(("/admin" if area == "admin" else "") + "/in/7", headers=token)
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie == session.format(cookie.partition("=")[2].partition(";")[0])


def signed_in(client: Any, area: str) -> dict[str, str]:
    """What a form of the back office would carry; the shop's open forms need nothing."""
    if area == "shop":
        return {}
    from marketry.web.security.csrf import _token

    prefix = "__Host-" if client.base_url.scheme == "https" else ""
    client.cookies.set(f"{prefix}csrf", "known", domain="testserver.local")
    return {"X-CSRF-Token": _token(client.app.state.runtime.context(), "known")}


def test_signing_in_gives_a_new_id_and_ends_the_old_one(web: Web) -> None:
    """A planted id (session fixation) and a stolen older one are worth nothing afterwards."""
    client = web(plugin("people", doors()))
    planted = "planted-by-an-attacker"
    client.cookies.set("session", planted)
    client.post("/in/7")
    first = client.cookies.get("session", domain="testserver.local") or client.cookies["session"]
    assert first != planted
    client.cookies.clear()
    client.cookies.set("session", first)
    client.post("/in/7")
    assert len(rows(client)) == 1
    assert rows(client)[0].hash != sha256(first.encode()).hexdigest()
    client.cookies.clear()
    for known in (planted, first):
        assert client.get("/me", headers={"Cookie": f"session={known}"}).text == "nobody"


def test_a_customers_session_opens_no_door_of_the_staff(web: Web) -> None:
    client = web(plugin("people", doors()), plugin("office", doors("admin"), "admin"))
    token = client.post("/in/7").cookies["session"]
    assert client.get("/me", headers={"Cookie": f"session={token}"}).text == "customer:7 {'step': 1}"
    for name in ("session", "staff"):
        assert client.get("/admin/me", headers={"Cookie": f"{name}={token}"}).text == "nobody"


def test_an_idle_session_ends_and_use_renews_it(web: Web, clock: Clock) -> None:
    client = web(plugin("people", doors()), clock=clock)
    client.post("/in/7")
    for _ in range(3):
        clock.now += timedelta(days=13)
        assert client.get("/me").text.startswith("customer:7")
    clock.now += timedelta(days=14, seconds=1)
    assert client.get("/me").text == "nobody"


def test_nothing_renews_a_session_beyond_its_absolute_limit(web: Web, clock: Clock) -> None:
    client = web(plugin("people", doors()), clock=clock)
    client.post("/in/7")
    token = client.cookies["session"]
    for _ in range(8):
        clock.now += timedelta(days=11)
        assert client.get("/me", headers={"Cookie": f"session={token}"}).text.startswith("customer:7")
    clock.now += timedelta(days=2, seconds=1)
    assert client.get("/me", headers={"Cookie": f"session={token}"}).text == "nobody"


def test_a_person_is_signed_out_everywhere_and_expired_rows_are_swept(web: Web, clock: Clock) -> None:
    client = web(plugin("people", doors()), clock=clock)
    for who in ("7", "7", "8"):
        client.cookies.clear()
        client.post(f"/in/{who}")
    ctx = client.app.state.runtime.context()  # type: ignore[attr-defined]
    with ctx.writing():
        assert end_sessions_of(ctx, "customer", "customer:7") == 2
    assert [row.subject for row in rows(client)] == ["customer:8"]
    clock.now += timedelta(days=90)
    with ctx.writing():
        sweep_sessions(ctx)
    assert rows(client) == []


def test_sessions_work_on_both_databases(web: Web, database: str) -> None:
    client = web(plugin("people", doors()))
    client.post("/in/7")
    assert client.get("/me").text == "customer:7 {'step': 1}"


def programs() -> Router:
    router = Router()

    @router.post("/token")
    @public
    def give(ctx: Ctx) -> Response:
        with ctx.writing():
            token, _ = start_bearer_session(ctx, "customer", "customer:7", {"step": 2})
        return PlainTextResponse(token)

    return router


def test_a_program_signs_in_by_its_header_and_a_browser_by_its_cookie_and_neither_by_the_other(web: Web) -> None:
    client = web(plugin("people", doors()), plugin("programs", programs()))
    client.post("/in/7")
    cookie, token = client.cookies["session"], client.post("/token").text
    client.cookies.clear()
    for value, by_header, by_cookie in (
        (token, "customer:7 {'step': 2}", "nobody"),
        (cookie, "nobody", "customer:7 {'step': 1}"),
    ):
        assert client.get("/me", headers={"Authorization": f"Bearer {value}"}).text == by_header
        assert client.get("/me", headers={"Cookie": f"session={value}"}).text == by_cookie


def test_a_program_signs_out_and_only_this_program(web: Web) -> None:
    client = web(plugin("people", doors()), plugin("programs", programs()))
    first, second = ({"Authorization": f"Bearer {client.post('/token').text}"} for _ in range(2))
    client.post("/out", headers=first)
    assert client.get("/me", headers=first).text == "nobody"
    assert client.get("/me", headers=second).text == "customer:7 {'step': 2}"


def test_the_other_sessions_of_a_person_end_and_this_one_stays(web: Web) -> None:
    def elsewhere() -> Router:
        router = Router()

        @router.post("/elsewhere/out")
        @public
        def out(ctx: Ctx) -> Response:
            with ctx.writing():
                return PlainTextResponse(str(end_other_sessions(ctx, "customer", "customer:7")))

        return router

    client = web(plugin("people", doors()), plugin("others", elsewhere()))
    for who in ("7", "7", "8"):
        client.cookies.clear()
        client.post(f"/in/{who}")
    client.cookies.clear()
    client.post("/in/7")
    assert client.post("/elsewhere/out").text == "2"
    assert [row.subject for row in rows(client)] == ["customer:7", "customer:8"]
    assert client.get("/me").text == "customer:7 {'step': 1}"

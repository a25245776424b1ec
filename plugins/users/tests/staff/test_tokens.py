"""Tokens: what they open, when they die."""

import pytest
from plugins.users.tests.staff.office import (
    bearer,
    browser_of,
    hire,
    owner_of,
    role_of,
    send,
    system,
    token_made,
)
from sqlalchemy import select

from marketry.testing.clients import visitor_of
from marketry_users.models import Token
from marketry_users.staff.people import give_roles

READ = "users.staff.read"


def test_a_token_opens_what_it_was_given_and_nothing_else(shop):
    program = bearer(shop, token_made(owner_of(shop), READ))
    assert program.get("/api/v1/admin/staff").status_code == 200
    assert program.get("/api/v1/admin/roles").status_code == 403
    assert program.post("/api/v1/admin/staff/invitations", json={"email": "a@b.example", "roles": ["support"]}).status_code == 403
    assert program.get("/admin/staff", follow_redirects=False).status_code == 303


def test_only_a_hash_is_kept_and_the_last_use_is_noted(shop, clock):
    token = token_made(owner_of(shop), READ)
    clock.forward(minutes=2)
    bearer(shop, token).get("/api/v1/admin/staff")
    with shop.context().reading() as session:
        row = session.scalars(select(Token)).one()
    assert (row.start, row.used_at) == (token[:10], clock.now)
    assert token not in str(row.model_dump())


def test_a_token_ends_on_its_day(shop, clock):
    program = bearer(shop, token_made(owner_of(shop), READ, days=30))
    clock.forward(days=29, hours=23)
    assert program.get("/api/v1/admin/staff").status_code == 200
    clock.forward(hours=1)
    assert program.get("/api/v1/admin/staff").status_code == 401


@pytest.mark.parametrize("days", [0, 366, -1])
def test_a_token_must_end_within_a_year(shop, days):
    owner = owner_of(shop)
    answer = owner.post("/api/v1/admin/tokens", json={"name": "t", "permissions": [READ], "days": days})
    assert (answer.status_code, answer.json()["field"]) == (422, "days")


def test_a_permission_that_its_maker_lost_is_lost_to_the_token(shop):
    owner_of(shop)
    key = role_of(shop, READ, "users.role.read", "users.token.write")
    number = hire(shop, "tom@example.com", key)
    program = bearer(shop, token_made(browser_of(shop, "tom@example.com"), READ, "users.role.read"))
    assert (program.get("/api/v1/admin/staff").status_code, program.get("/api/v1/admin/roles").status_code) == (200, 200)
    ctx = system(shop)
    less = role_of(shop, "users.role.read", name="Less")
    with ctx.writing():
        give_roles(ctx, number, [less])
    assert (program.get("/api/v1/admin/staff").status_code, program.get("/api/v1/admin/roles").status_code) == (403, 200)


def test_a_revoked_token_opens_nothing(shop):
    owner = owner_of(shop)
    program = bearer(shop, token_made(owner, READ))
    number = owner.get("/api/v1/admin/tokens").json()["items"][0]["id"]
    assert send(owner, f"/admin/tokens/{number}/revoke").status_code == 303
    assert program.get("/api/v1/admin/staff").status_code == 401
    assert owner.get("/api/v1/admin/tokens").json()["items"][0]["state"] == "revoked"


def test_a_request_with_a_token_ignores_cookies(shop):
    owner = owner_of(shop)
    assert owner.get("/api/v1/admin/staff").status_code == 200
    answer = owner.get("/api/v1/admin/staff", headers={"Authorization": "Bearer mky_nonsense"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_guessing_tokens_is_slowed_down(shop):
    client = visitor_of(shop)
    statuses = [
        client.get("/api/v1/admin/staff", headers={"Authorization": f"Bearer mky_guess{n}"}).status_code for n in range(31)
    ]
    assert statuses == [401] * 30 + [429]


def test_anybody_revokes_their_own_token_without_the_permission(shop):
    owner_of(shop)
    key = role_of(shop, READ, "users.token.write")
    number = hire(shop, "tom@example.com", key)
    tom = browser_of(shop, "tom@example.com")
    program = bearer(shop, token_made(tom, READ))
    ctx, less = system(shop), role_of(shop, READ, name="Reader")
    with ctx.writing():
        give_roles(ctx, number, [less])
    with shop.context().reading() as session:
        token = session.scalars(select(Token.id)).one()
    assert send(tom, f"/admin/tokens/{token}/revoke").status_code == 403
    assert send(tom, f"/admin/me/tokens/{token}/revoke").status_code == 303
    assert program.get("/api/v1/admin/staff").status_code == 401

"""Inviting, blocking, resetting, and what goes into the trail."""

import pytest
from plugins.backoffice.tests.staff_client import post
from plugins.users.tests.staff.office import (
    OWNER,
    bearer,
    browser_of,
    first_step,
    hire,
    invitation_link,
    is_in,
    last_mail,
    owner_of,
    phone_of,
    role_of,
    roles_of,
    send,
    token_made,
)
from sqlalchemy import select

from marketry.audit import AuditRow
from marketry.testing.clients import visitor_of

CLERK = "clerk@example.com"
WORDS = "seven green bottles standing"


def join(client, link, **fields):
    given = {"token": link.partition("token=")[2], "name": "Clara", "password": WORDS, **fields}
    return post(client, "/admin/invitation", form_on=link, **given)


def actions(site):
    with site.context().reading() as session:
        return session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()


def test_an_invited_clerk_chooses_a_password_and_is_in(shop):
    owner = owner_of(shop)
    sent = post(owner, "/admin/staff/invite", email=" Clerk@Example.com", roles=["order_clerk"], locale="zh")
    assert (sent.status_code, sent.url.path) == (200, "/admin/staff")
    mail = last_mail(shop, CLERK)
    assert (mail.locale, mail.template) == ("zh", "users/secret/invitation")
    clerk = visitor_of(shop)
    link = invitation_link(shop, CLERK)
    assert join(clerk, link).url.path.endswith("/admin")
    assert is_in(clerk)
    assert roles_of(shop, CLERK) == ["order_clerk"]
    assert clerk.get("/admin/staff").status_code == 403
    assert first_step(visitor_of(shop), CLERK).url.path == "/admin"
    assert {"users.invitation.sent", "users.invitation.accepted", "backoffice.staff.signed_in"} <= set(actions(shop))


def test_an_invitation_works_once(shop):
    owner = owner_of(shop)
    post(owner, "/admin/staff/invite", email=CLERK, roles=["support"], locale="en")
    link = invitation_link(shop, CLERK)
    page = visitor_of(shop)
    page.get(link)
    join(visitor_of(shop), link)
    late = visitor_of(shop)
    assert late.get(link).status_code == 410
    token = link.partition("token=")[2]
    answer = page.post("/admin/invitation", data={"token": token, "password": WORDS, "csrf_token": "x"})
    assert answer.status_code == 403


def test_an_invitation_runs_out_and_a_new_link_replaces_the_former(shop, clock):
    owner = owner_of(shop)
    post(owner, "/admin/staff/invite", email=CLERK, roles=["support"], locale="en")
    former = invitation_link(shop, CLERK)
    clock.forward(days=7)
    assert visitor_of(shop).get(former).status_code == 410
    owner = browser_of(shop, OWNER)
    waiting = owner.get("/api/v1/admin/staff/invitations").json()["items"]
    assert [(one["email"], one["expired"]) for one in waiting] == [(CLERK, True)]
    send(owner, f"/admin/staff/invitations/{waiting[0]['id']}/resend")
    assert visitor_of(shop).get(former).status_code == 410
    assert visitor_of(shop).get(invitation_link(shop, CLERK)).status_code == 200


def test_a_revoked_invitation_lets_nobody_in(shop):
    owner = owner_of(shop)
    post(owner, "/admin/staff/invite", email=CLERK, roles=["support"], locale="en")
    link = invitation_link(shop, CLERK)
    number = owner.get("/api/v1/admin/staff/invitations").json()["items"][0]["id"]
    assert owner.delete(f"/api/v1/admin/staff/invitations/{number}").status_code == 204
    assert visitor_of(shop).get(link).status_code == 410
    assert owner.delete(f"/api/v1/admin/staff/invitations/{number}").status_code == 404


@pytest.mark.parametrize(("email", "code"), [(OWNER, "already_staff"), ("Olga@Example.COM", "already_staff")])
def test_who_works_here_already_is_not_invited(shop, email, code):
    owner = owner_of(shop)
    answer = owner.post("/api/v1/admin/staff/invitations", json={"email": email, "roles": ["support"]})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, code, "email")
    twice = {"email": CLERK, "roles": ["support"]}
    assert owner.post("/api/v1/admin/staff/invitations", json=twice).status_code == 201
    assert owner.post("/api/v1/admin/staff/invitations", json=twice).json()["code"] == "already_invited"


def test_a_weak_password_is_refused_and_the_invitation_stays_good(shop):
    owner = owner_of(shop)
    post(owner, "/admin/staff/invite", email=CLERK, roles=["support"], locale="en")
    link = invitation_link(shop, CLERK)
    client = visitor_of(shop)
    assert join(client, link, password="password1").status_code == 422
    assert join(client, link).status_code == 200


def test_blocking_ends_sessions_and_tokens_at_once(shop):
    owner = owner_of(shop)
    key = role_of(shop, "users.token.write", "users.token.read", "users.staff.read")
    number = hire(shop, CLERK, key)
    clerk = browser_of(shop, CLERK)
    program = bearer(shop, token_made(clerk, "users.staff.read"))
    assert (is_in(clerk), program.get("/api/v1/admin/staff").status_code) == (True, 200)
    assert send(owner, f"/admin/staff/{number}/block").status_code == 303
    assert (is_in(clerk), program.get("/api/v1/admin/staff").status_code) == (False, 401)
    assert first_step(visitor_of(shop), CLERK).status_code == 422
    send(owner, f"/admin/staff/{number}/unblock")
    assert program.get("/api/v1/admin/staff").status_code == 401
    assert first_step(visitor_of(shop), CLERK).status_code in (200, 403)


def test_a_colleague_whose_phone_is_lost_sets_up_a_new_one(strict_shop):
    site = strict_shop
    hire(site, CLERK, "support")
    hire(site, OWNER, "owner")
    app, _ = phone_of(site, OWNER)
    phone_of(site, CLERK)
    site.clock.forward(minutes=1)
    owner = visitor_of(site)
    first_step(owner, OWNER)
    post(owner, "/admin/sign-in/code", code=app.at(site.clock.now))
    number = next(one["id"] for one in owner.get("/api/v1/admin/staff").json()["items"] if one["email"] == CLERK)
    assert send(owner, f"/admin/staff/{number}/reset-factor").status_code == 303
    assert first_step(visitor_of(site), CLERK).url.path == "/admin/sign-in/factor"
    assert "users.staff.factor_reset" in actions(site)


def test_new_rights_hold_at_the_next_request(shop):
    owner = owner_of(shop)
    number = hire(shop, CLERK)
    clerk = browser_of(shop, CLERK)
    assert clerk.get("/admin/staff").status_code == 403
    answer = owner.put(f"/api/v1/admin/staff/{number}/roles", json={"roles": ["manager"]})
    assert answer.json()["roles"] == ["manager"]
    assert clerk.get("/admin/staff").status_code == 200
    owner.put(f"/api/v1/admin/staff/{number}/roles", json={"roles": ["support"]})
    assert clerk.get("/admin/staff").status_code == 403


def test_an_owner_signs_others_out(shop):
    owner = owner_of(shop)
    number = hire(shop, CLERK, "support")
    clerk = browser_of(shop, CLERK)
    assert owner.delete(f"/api/v1/admin/staff/{number}/sessions").status_code == 204
    assert not is_in(clerk)

"""Self-promotion, tried on every path: page, JSON, token, role, invitation, recovery, profile."""

import pytest
from plugins.backoffice.tests.staff_client import post
from plugins.users.tests.staff.office import (
    OWNER,
    bearer,
    browser_of,
    hire,
    invitation_link,
    link_for,
    owner_of,
    role_of,
    roles_of,
    send,
    system,
    token_made,
)

from marketry.testing.clients import visitor_of
from marketry_backoffice.api import find_staff
from marketry_users.staff.people import block, give_roles

MINA = "mina@example.com"
PERMISSIONS = (
    "backoffice.dashboard.read", "users.staff.read", "users.staff.write", "users.role.read", "users.role.write",
    "users.token.read", "users.token.write",
)  # fmt: skip


@pytest.fixture
def mina(shop):
    """Looks after staff and roles, and holds nothing else; an owner is there as well."""
    owner_of(shop)
    key = role_of(shop, *PERMISSIONS, name="Personnel")
    number = hire(shop, MINA, key)
    return browser_of(shop, MINA), number, key


def json_of(answer):
    return answer.status_code, answer.json().get("code")


def test_own_roles_are_out_of_reach_on_the_page_in_json_and_by_token(shop, mina):
    client, number, key = mina
    token = token_made(client, "users.staff.write", "users.staff.read")
    page = send(client, f"/admin/staff/{number}/roles", roles=["owner", key])
    assert (page.status_code, "Your own roles are changed by somebody else." in page.text) == (403, True)
    body = {"roles": ["owner", key]}
    assert json_of(client.put(f"/api/v1/admin/staff/{number}/roles", json=body)) == (403, "own_roles")
    assert json_of(bearer(shop, token).put(f"/api/v1/admin/staff/{number}/roles", json=body)) == (403, "own_roles")
    assert roles_of(shop, MINA) == [key]


@pytest.mark.parametrize("role", ["owner", "manager", "support"])
def test_a_role_with_more_than_one_holds_can_be_given_to_nobody(shop, mina, role):
    client, _, _ = mina
    other = hire(shop, "carl@example.com")
    assert send(client, f"/admin/staff/{other}/roles", roles=[role]).status_code == 403
    answer = client.put(f"/api/v1/admin/staff/{other}/roles", json={"roles": [role]})
    assert json_of(answer) == (403, "beyond_your_rights")
    assert roles_of(shop, "carl@example.com") == []


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_nobody_is_invited_into_more_than_the_sender_holds(shop, mina, role):
    client, _, _ = mina
    sent = post(client, "/admin/staff/invite", email="friend@example.com", roles=[role], locale="en")
    assert sent.status_code == 403
    answer = client.post("/api/v1/admin/staff/invitations", json={"email": "friend@example.com", "roles": [role]})
    assert json_of(answer) == (403, "beyond_your_rights")
    assert client.get("/api/v1/admin/staff/invitations").json()["items"] == []


def test_an_invitation_is_worth_no_more_than_its_sender_holds_when_it_is_accepted(shop, mina):
    client, number, key = mina
    post(client, "/admin/staff/invite", email="friend@example.com", roles=[key], locale="en")
    link = invitation_link(shop, "friend@example.com")
    assert visitor_of(shop).get(link).status_code == 200
    ctx = system(shop)
    with ctx.writing():
        give_roles(ctx, number, [])
    assert visitor_of(shop).get(link).status_code == 410


def test_a_role_that_one_has_gains_nothing_even_of_what_one_holds_by_another(shop, mina):
    client, number, key = mina
    second = role_of(shop, "backoffice.audit.read", name="Auditor")
    ctx = system(shop)
    with ctx.writing():
        give_roles(ctx, number, [key, second])
    wanted = {"name": "Auditor", "permissions": ["backoffice.audit.read", "users.role.read"]}
    assert json_of(client.put(f"/api/v1/admin/roles/{second}", json=wanted)) == (403, "own_role")
    page = send(client, f"/admin/roles/{second}", name="Auditor", permissions=["backoffice.audit.read", "users.role.read"])
    assert page.status_code == 403
    assert client.get(f"/api/v1/admin/roles/{second}").json()["permissions"] == ["backoffice.audit.read"]
    less = {"name": "Auditor", "permissions": []}
    assert client.put(f"/api/v1/admin/roles/{second}", json=less).json()["permissions"] == []


def test_a_new_role_holds_no_more_than_its_maker(shop, mina):
    client, _, _ = mina
    wanted = {"name": "Friends", "permissions": ["backoffice.plugin.write"]}
    assert json_of(client.post("/api/v1/admin/roles", json=wanted)) == (403, "beyond_your_rights")
    page = post(client, "/admin/roles/new", name="Friends", permissions=["backoffice.plugin.write"])
    assert page.status_code == 403
    assert client.post("/api/v1/admin/roles", json={"name": "All", "permissions": ["*"]}).status_code == 422
    assert post(client, "/admin/roles/new", name="All", permissions=["*"]).status_code == 422
    assert [role["name"] for role in client.get("/api/v1/admin/roles").json()["items"] if not role["starter"]] == ["Personnel"]


def test_a_starter_role_is_changed_by_nobody(shop, mina):
    owner = browser_of(shop, OWNER)
    wanted = {"name": "Support", "permissions": ["backoffice.plugin.write"]}
    assert json_of(owner.put("/api/v1/admin/roles/support", json=wanted)) == (409, "starter_role")
    assert json_of(owner.delete("/api/v1/admin/roles/owner")) == (409, "starter_role")


def test_a_token_holds_no_more_than_its_maker(shop, mina):
    client, _, _ = mina
    page = post(client, "/admin/tokens/new", name="t", days="5", permissions=["backoffice.plugin.write"])
    assert page.status_code == 403
    body = {"name": "t", "days": 5, "permissions": ["backoffice.plugin.write"]}
    assert json_of(client.post("/api/v1/admin/tokens", json=body)) == (403, "beyond_your_rights")
    assert json_of(client.post("/api/v1/admin/tokens", json={**body, "permissions": ["*"]}))[0] == 422
    assert client.get("/api/v1/admin/tokens").json()["items"] == []


def test_a_token_makes_no_tokens(shop, mina):
    client, _, _ = mina
    program = bearer(shop, token_made(client, "users.token.write"))
    body = {"name": "t", "days": 5, "permissions": ["users.token.write"]}
    assert json_of(program.post("/api/v1/admin/tokens", json=body)) == (403, "session_required")


def test_a_token_gives_no_role_beyond_its_own_permissions(shop, mina):
    client, _, key = mina
    other = hire(shop, "carl@example.com")
    program = bearer(shop, token_made(client, "users.staff.write", "users.staff.read"))
    answer = program.put(f"/api/v1/admin/staff/{other}/roles", json={"roles": [key]})
    assert json_of(answer) == (403, "beyond_your_rights")
    assert roles_of(shop, "carl@example.com") == []


def test_who_holds_more_is_not_touched_by_who_holds_less(shop, mina):
    client, _, _ = mina
    ctx = system(shop)
    with ctx.reading():
        owner = find_staff(ctx, OWNER).id
    deeds = ("block", "reset-factor", "sessions/end", "roles")
    statuses = {deed: send(client, f"/admin/staff/{owner}/{deed}").status_code for deed in deeds}
    assert statuses == dict.fromkeys(deeds, 403)
    api = {path: client.post(f"/api/v1/admin/staff/{owner}/{path}").status_code for path in ("block", "reset-factor")}
    assert api == {"block": 403, "reset-factor": 403}
    assert roles_of(shop, OWNER) == ["owner"]


def test_nobody_resets_their_own_factor_or_blocks_or_unblocks_themselves(shop, mina):
    client, number, _ = mina
    assert send(client, f"/admin/staff/{number}/reset-factor").status_code == 403
    assert send(client, f"/admin/staff/{number}/block").status_code == 403


def test_the_profile_takes_no_roles_permissions_or_address(shop, mina):
    client, _, key = mina
    for more in ({"permissions": "*"}, {"roles": "owner"}, {"email": OWNER}, {"active": "1"}):
        assert send(client, "/admin/me", name="Mina", locale="", **more).status_code == 422, more
    assert roles_of(shop, MINA) == [key]


def test_accepting_an_invitation_takes_no_roles(shop, mina):
    client, _, key = mina
    post(client, "/admin/staff/invite", email="friend@example.com", roles=[key], locale="en")
    link = invitation_link(shop, "friend@example.com")
    fresh = visitor_of(shop)
    fields = {"token": link.partition("token=")[2], "name": "F", "password": "four words in a row"}
    answer = post(fresh, "/admin/invitation", form_on=link, roles="owner", **fields)
    assert answer.status_code == 422
    assert post(fresh, "/admin/invitation", form_on=link, **fields).status_code == 200
    assert roles_of(shop, "friend@example.com") == [key]


def test_recovery_by_link_gives_the_same_rights_and_no_others(shop, mina):
    _, number, key = mina
    from plugins.users.tests.staff.office import by_link

    client = visitor_of(shop)
    by_link(client, link_for(shop, MINA))
    assert client.get("/admin/plugins").status_code == 403
    assert send(client, f"/admin/staff/{number}/roles", roles=["owner"]).status_code == 403
    assert roles_of(shop, MINA) == [key]


def test_the_mail_of_an_invitation_is_shown_to_nobody_else(shop, mina):
    owner = browser_of(shop, OWNER)
    post(owner, "/admin/staff/invite", email="boss@example.com", roles=["owner"], locale="en")
    from plugins.users.tests.staff.office import last_mail

    reader = hire(shop, "reader@example.com", role_of(shop, "backoffice.outbox.read", name="Reader"))
    assert reader
    client = browser_of(shop, "reader@example.com")
    mail = last_mail(shop, "boss@example.com").id
    assert "token=" not in client.get(f"/admin/outbox/mails/{mail}").text
    assert client.get(f"/admin/outbox/mails/{mail}/html").status_code == 404


def test_the_last_owner_stays_one(shop, mina):
    owner = browser_of(shop, OWNER)
    ctx = system(shop)
    with ctx.reading():
        number = find_staff(ctx, OWNER).id
    second = hire(shop, "second@example.com", "owner")
    assert send(owner, f"/admin/staff/{second}/roles", roles=[]).status_code == 303
    from marketry.problems import Refused

    for deed in (lambda: give_roles(ctx, number, []), lambda: block(ctx, number)):
        with pytest.raises(Refused) as refused, ctx.writing():
            deed()
        assert (refused.value.status, refused.value.problems[0].code) == (409, "last_owner")
    assert roles_of(shop, OWNER) == ["owner"]

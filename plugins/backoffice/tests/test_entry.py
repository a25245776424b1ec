"""Signing in by a one-time link: once, in time, by a button, and out again."""

from datetime import UTC, datetime, timedelta

import pytest
from plugins.backoffice.tests.staff_client import EMAIL, admin_link, post, signed_in
from sqlalchemy import func, select

from marketry.audit import AuditRow
from marketry.jobs.tables import OutboxRow
from marketry.testing.clients import client_of
from marketry.web.tables import SessionRow
from marketry.web.values import SYSTEM
from marketry_backoffice.models import Link, Staff

START = datetime(2026, 5, 1, 9, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def site(make_site, database, clock):
    return make_site("backoffice", clock=clock)


def counted(runtime, table):
    with runtime.context().reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def enter(client, link):
    return post(client, "/admin/enter", form_on=link, token=link.partition("token=")[2])


def test_a_link_lets_in_once(site):
    link, ada = admin_link(site), client_of(site)
    page = ada.get(link)
    assert (page.status_code, "Sign in on this device?" in page.text) == (200, True)
    assert enter(ada, link).url.path == "/admin"
    assert ada.get("/admin").status_code == 200
    eve = client_of(site)
    page = eve.get(link)
    assert (page.status_code, "This link doesn&#39;t work any more" in page.text) == (410, True)
    assert eve.get("/admin/audit", follow_redirects=False).status_code in (303, 403)
    assert counted(site, SessionRow) == 1


def test_looking_at_a_link_does_not_use_it_up(site):
    link = admin_link(site)
    for _ in range(3):
        assert client_of(site).get(link).status_code == 200
    assert enter(client_of(site), link).status_code == 200
    assert counted(site, SessionRow) == 1


def test_of_two_who_saw_the_button_one_gets_in(site):
    link = admin_link(site)
    token = link.partition("token=")[2]
    first, second = client_of(site), client_of(site)
    forms = [client.get(link).text for client in (first, second)]
    from plugins.backoffice.tests.staff_client import token_in

    answers = [
        client.post("/admin/enter", data={"csrf_token": token_in(form), "token": token}, follow_redirects=False)
        for client, form in zip((first, second), forms, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 410]
    assert counted(site, SessionRow) == 1


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (15, 410), (16, 410)])
def test_a_link_is_good_for_fifteen_minutes(site, clock, minutes, status):
    link = admin_link(site)
    clock.now = START + timedelta(minutes=minutes)
    assert client_of(site).get(link).status_code == status


def test_only_a_hash_of_the_token_is_stored(site):
    token = admin_link(site).partition("token=")[2]
    with site.context().reading() as session:
        stored = session.scalars(select(Link.hash)).all()
    assert len(stored) == 1
    assert token not in stored[0]


def test_a_link_of_somebody_who_left_lets_nobody_in_and_ends_their_session(site):
    ada = signed_in(site)
    link = admin_link(site)
    ctx = site.context(actor=SYSTEM)
    with ctx.writing() as session:
        session.scalars(select(Staff)).one().active = False
    assert ada.get("/admin/audit", follow_redirects=False).status_code in (303, 403)
    client = client_of(site)
    assert post(client, "/admin/enter", form_on=link, token=link.partition("token=")[2]).status_code == 410


def test_signing_out_ends_the_session(site):
    ada = signed_in(site)
    out = post(ada, "/admin/sign-out", form_on="/admin")
    assert (out.status_code, out.url.path) == (200, "/admin/sign-in")
    assert counted(site, SessionRow) == 0
    assert ada.get("/admin/audit", follow_redirects=False).status_code in (303, 403)


def test_sessions_of_staff_end_after_an_idle_hour_and_after_twelve_hours(site, clock):
    ada = signed_in(site)
    clock.now = START + timedelta(minutes=59)
    assert ada.get("/admin").status_code == 200
    clock.now = START + timedelta(minutes=59 + 61)
    assert ada.get("/admin", follow_redirects=False).status_code in (303, 403)
    bob = signed_in(site, email="bob@example.com")
    for _ in range(13):
        clock.now += timedelta(minutes=55)
        last = bob.get("/admin", follow_redirects=False).status_code
    assert last == 200
    clock.now += timedelta(minutes=55)
    assert bob.get("/admin", follow_redirects=False).status_code in (303, 403)


def test_the_cookie_of_staff_is_strict_and_out_of_reach_of_scripts(site):
    client, link = client_of(site), admin_link(site)
    page = client.get(link)
    from plugins.backoffice.tests.staff_client import token_in

    data = {"csrf_token": token_in(page.text), "token": link.partition("token=")[2]}
    answer = client.post("/admin/enter", data=data, follow_redirects=False)
    cookie = next(h for h in answer.headers.get_list("set-cookie") if h.startswith("staff="))
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()


def test_asking_for_a_link_says_the_same_whoever_asks(site):
    admin_link(site)
    answers = [post(client_of(site), "/admin/sign-in", email=email) for email in (EMAIL, "eve@example.com")]
    assert [a.status_code for a in answers] == [200, 200]
    said = [a.text.split("<main", 1)[1].split("<form", 1)[0].replace("eve@example.com", EMAIL) for a in answers]
    assert said[0] == said[1]
    assert "a link is on its way" in said[0]
    with site.context().reading() as session:
        handlers = session.scalars(select(OutboxRow.handler)).all()
    assert handlers == ["job:backoffice.mail_link"] * 2


def test_the_mailed_link_lets_its_owner_in_and_strangers_get_no_mail(site):
    from marketry.jobs.running import run_pending
    from marketry.mail.tables import MailRow

    admin_link(site)
    for email in (" Ada@Example.com", "eve@example.com"):
        post(client_of(site), "/admin/sign-in", email=email)
    run_pending(site)
    with site.context().reading() as session:
        mail = session.scalars(select(MailRow)).one()
    assert (mail.recipient, mail.subject) == (EMAIL, "Your sign-in link for Test shop")
    link = next(line for line in mail.text.splitlines() if "/admin/enter" in line)
    assert link.startswith("http://testserver/admin/enter?token=")
    ada = client_of(site)
    assert enter(ada, link.removeprefix("http://testserver")).status_code == 200
    preview = ada.get(f"/admin/outbox/mails/{mail.id}")
    assert "isn&#39;t shown to anybody else" in preview.text
    assert "token=" not in preview.text
    assert ada.get(f"/admin/outbox/mails/{mail.id}/html").status_code == 404


def test_no_more_than_five_links_an_hour_go_to_one_address(site):
    client = client_of(site)
    statuses = [post(client, "/admin/sign-in", email=EMAIL).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert counted(site, OutboxRow) == 5


@pytest.mark.parametrize("email", ["", "ada", "a@b c", "@", "x" * 250 + "@example.com"])
def test_what_is_no_address_is_refused_by_name(site, email):
    answer = post(client_of(site), "/admin/sign-in", email=email)
    assert answer.status_code == 422
    assert 'href="#f-email"' in answer.text
    assert counted(site, OutboxRow) == 0


def test_entering_without_the_forms_token_is_refused(site):
    link = admin_link(site)
    answer = client_of(site).post("/admin/enter", data={"token": link.partition("token=")[2]})
    assert answer.status_code == 403
    assert client_of(site).get(link).status_code == 200


def test_signing_in_and_out_is_written_down(site):
    post(signed_in(site), "/admin/sign-out", form_on="/admin")
    with site.context().reading() as session:
        actions = session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert actions == [
        "backoffice.staff.made_admin", "backoffice.link.issued", "backoffice.staff.signed_in",
        "backoffice.staff.signed_out",
    ]  # fmt: skip

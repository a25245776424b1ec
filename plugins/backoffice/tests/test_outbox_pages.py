"""The outbox: what waits, what was parked and why, and what staff do about it."""

from dataclasses import dataclass, field

import pytest
from plugins.backoffice.tests.staff_client import post, signed_in
from sqlalchemy import select

from marketry.audit import AuditRow
from marketry.jobs.running import run_pending
from marketry.jobs.tables import OutboxRow
from marketry.jobs.values import Job
from marketry.mail.tables import MailRow
from marketry.plugins.manifest import Plugin
from marketry.testing import inline_plugin
from marketry.web.values import SYSTEM


@dataclass
class Work:
    """A job that fails while it is broken."""

    broken: bool = True
    done: list[str] = field(default_factory=list)

    def run(self, ctx, payload):
        if self.broken:
            raise RuntimeError("the printer is on fire")
        self.done.append(payload["what"])


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def site(make_site, database, work):
    plugin = inline_plugin(Plugin(id="printing", title="Printing"), jobs=lambda: [Job("label", work.run)])
    runtime = make_site("backoffice", extra=[plugin])
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing():
        ctx.enqueue("printing.label", {"what": "parcel <7>"}, key="k1", subject="order:7KD2")
        ctx.enqueue("printing.label", {"what": "parcel 8"}, key="k2", subject="order:7KD2")
    run_pending(runtime)
    return runtime


def rows(runtime):
    with runtime.context().reading() as session:
        statement = select(OutboxRow.id, OutboxRow.state, OutboxRow.attempts).order_by(OutboxRow.id)
        return session.execute(statement.where(OutboxRow.handler == "job:printing.label")).all()


def test_work_is_listed_by_state_with_its_last_error(site):
    client = signed_in(site)
    waiting = client.get("/admin/outbox?state=waiting").text
    assert waiting.count("printing.label</a>") == 2
    assert "the printer is on fire" in waiting
    assert "printing.label</a>" not in client.get("/admin/outbox?state=parked").text
    assert "printing.label</a>" not in client.get("/admin/outbox?state=waiting&kind=subscriber").text
    assert client.get("/admin/outbox?state=waiting&subject=order:7KD2").text.count("printing.label</a>") == 2
    assert "printing.label</a>" not in client.get("/admin/outbox?state=waiting&subject=order:OTHER").text
    assert client.get("/admin/outbox?state=lost").status_code == 422


def test_a_row_shows_what_it_was_given_and_what_went_wrong(site):
    first = rows(site)[0].id
    page = signed_in(site).get(f"/admin/outbox/{first}").text
    assert "parcel &lt;7&gt;" in page
    assert "RuntimeError: the printer is on fire" in page
    assert "order:7KD2" in page


def test_parked_work_keeps_back_its_subject_until_it_is_run_again(site, work):
    client, (first, second) = signed_in(site), [row.id for row in rows(site)]
    assert post(client, f"/admin/outbox/{first}/park").status_code == 200
    assert [(r.id, r.state) for r in rows(site)] == [(first, "parked"), (second, "waiting")]
    assert "1" in client.get("/admin").text.split('class="office__badge">')[1][:3]
    assert "One piece of work failed too often" in client.get("/admin").text
    work.broken = False
    run_pending(site)
    assert work.done == []
    post(client, f"/admin/outbox/{first}/run", form_on=f"/admin/outbox/{first}")
    run_pending(site)
    assert work.done == ["parcel <7>", "parcel 8"]
    assert [r.state for r in rows(site)] == ["done", "done"]


def test_discarded_work_is_gone_but_written_down(site, work):
    client, (first, second) = signed_in(site), [row.id for row in rows(site)]
    post(client, f"/admin/outbox/{first}/discard")
    assert [r.id for r in rows(site)] == [second]
    with site.context().reading() as session:
        entries = select(AuditRow.subject, AuditRow.details).where(AuditRow.action == "backoffice.outbox.discarded")
        entry = session.execute(entries).one()
    assert entry.subject == f"outbox:{first}"
    assert (entry.details["handler"], entry.details["subject_of_work"]) == ("job:printing.label", "order:7KD2")
    assert client.get(f"/admin/outbox/{first}").status_code == 404


def test_finished_and_running_work_is_left_alone(site, work):
    from datetime import timedelta

    client, (first, second) = signed_in(site), [row.id for row in rows(site)]
    ctx = site.context(actor=SYSTEM)
    with ctx.writing() as session:
        session.get(OutboxRow, first).state = "done"
        session.get(OutboxRow, first).finished_at = ctx.now()
        session.get(OutboxRow, second).lease_until = ctx.now() + timedelta(seconds=30)
    before = rows(site)
    for row in (first, second):
        for deed in ("run", "park", "discard"):
            assert post(client, f"/admin/outbox/{row}/{deed}", form_on=f"/admin/outbox/{row}").status_code == 409
    assert rows(site) == before


@pytest.mark.parametrize("number", ["0", "999999", str(2**70)])
def test_a_row_that_is_not_there_is_not_found(site, number):
    assert signed_in(site).get(f"/admin/outbox/{number}").status_code == 404
    assert signed_in(site).get(f"/admin/outbox/mails/{number}").status_code == 404


def test_a_mail_is_shown_in_a_sandbox_with_a_policy_of_its_own(site):
    ctx = site.context(actor=SYSTEM)
    with ctx.writing() as session:
        mail = MailRow(
            key="m1", plugin="printing", template="printing/receipt", locale="en", recipient="bob@example.com",
            subject="Your <receipt>", text="Thank you\n", html='<p style="color:red">Thank you</p>',
            message_id="<1@x>", state="kept", created_at=ctx.now(),
        )  # fmt: skip
        session.add(mail)
        session.flush()
        number = mail.id
    client = signed_in(site)
    assert "Your &lt;receipt&gt;" in client.get("/admin/outbox/mails?recipient=bob@example.com").text
    assert "Your &lt;receipt&gt;" not in client.get("/admin/outbox/mails?state=sent").text
    page = client.get(f"/admin/outbox/mails/{number}")
    assert f'src="/admin/outbox/mails/{number}/html"' in page.text
    assert '<iframe class="mail-preview" sandbox' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    frame = client.get(f"/admin/outbox/mails/{number}/html")
    assert frame.text == '<p style="color:red">Thank you</p>'
    policies = frame.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert "sandbox" in policies[0]
    assert "frame-ancestors 'self'" in policies[0]
    assert "script-src" not in policies[0]
    assert frame.headers["cache-control"] == "no-store"


def test_a_kept_mail_is_queued_again_under_its_message_id(site, work):
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        ctx.mail.queue(ctx, to="bob@example.com", template="backoffice/sign_in_link", key="m2",
                       values={"link": "https://x.example", "name": "", "minutes": 15})  # fmt: skip
    run_pending(site)
    with site.context().reading() as session:
        mail = session.scalars(select(MailRow)).one()
    assert mail.state == "kept"
    client = signed_in(site)
    page = f"/admin/outbox/mails/{mail.id}"
    assert post(client, f"{page}/send", form_on=page).status_code == 200
    with site.context().reading() as session:
        again = session.scalars(select(MailRow)).one()
    assert (again.state, again.message_id) == ("queued", mail.message_id)
    assert post(client, f"{page}/send", form_on=page).status_code == 409
    run_pending(site)
    with site.context().reading() as session:
        assert session.scalars(select(MailRow.state)).all() == ["kept"]


LINK = "https://x.example/in?token=t"


def kept_link(site):
    """A mail with a link that lets in, kept because no server is set; returns its page."""
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        values = {"link": LINK, "name": "", "minutes": 15}
        ctx.mail.queue(ctx, to="bob@example.com", template="backoffice/sign_in_link", key="m3", values=values)
    with site.context().reading() as session:
        return f"/admin/outbox/mails/{session.scalars(select(MailRow.id)).one()}"


@pytest.mark.parametrize(
    ("base_url", "permissions", "shown"),
    [
        ("http://localhost:8000", ["*"], True),
        ("http://127.0.0.1:8220", ["*"], True),
        ("http://localhost:8000", ["backoffice.outbox.read", "backoffice.outbox.write"], False),
        ("http://localhost.example.com", ["*"], False),
        ("https://shop.example.com", ["*"], False),
    ],
)
def test_a_mail_that_lets_in_is_shown_to_the_owner_of_a_shop_tried_out_here_only(make_site, base_url, permissions, shown):
    site = make_site("backoffice", base_url=base_url)
    page = kept_link(site)
    client = signed_in(site, permissions=permissions)
    assert (LINK in client.get(page).text) is shown
    assert client.get(f"{page}/html").status_code == (200 if shown else 404)


@pytest.mark.parametrize(("base_url", "led"), [("http://localhost:8000", True), ("https://shop.example.com", False)])
def test_an_owner_who_confirms_by_link_is_led_to_the_mail_where_none_is_sent(make_site, base_url, led):
    client = signed_in(make_site("backoffice", base_url=base_url))
    asked = post(client, "/admin/confirm/link", form_on="/admin/confirm", next="/admin/plugins")
    assert ('<p>This shop sends no mail yet: the mail is kept here. <a href="/admin/outbox/mails">' in asked.text) is led


def test_with_a_mail_server_a_mail_that_lets_in_is_shown_to_nobody(make_site):
    site = make_site("backoffice", more='[mail]\nsmtp_url = "smtp://127.0.0.1:1"', base_url="http://localhost:8000")
    assert LINK not in signed_in(site).get(kept_link(site)).text


def test_the_trail_is_filtered_and_paged_by_key(site):
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        from marketry.audit import audit

        for number in range(120):
            audit(ctx, "test.deed", f"thing:{number:03}", number=number)
    client = signed_in(site)
    import re

    seen, path = [], "/admin/audit?action=test.deed"
    while path:
        page = client.get(path).text
        seen += re.findall(r"thing:(\d{3})</a>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following and following[1].replace("&amp;", "&")
    assert seen == [f"{number:03}" for number in reversed(range(120))]
    assert re.findall(r"thing:(\d{3})</a>", client.get("/admin/audit?subject=thing:007").text) == ["007"]
    assert client.get("/admin/audit?cursor=nonsense").status_code == 422

"""Stored mails go when their time is over, and when the person they were sent to asks for it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from marketry.audit import AUDIT
from marketry.cli import main
from marketry.jobs.running import run_pending
from marketry.jobs.tidying import tidy
from marketry.mail.tables import MAILS
from marketry.privacy import erase_person, export_person
from marketry.runtime import Runtime
from marketry.settings.site import SiteError
from marketry.testing.sites import SiteFactory
from marketry.web.values import SYSTEM

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def store(site: Runtime, key: str, days: int, *, to: str = "Ada@example.com", state: str = "sent") -> None:
    row = {
        "key": key, "plugin": "orders", "template": "orders/mail", "locale": "en", "recipient": to, "subject": key,
        "text": f"Dear {to}", "html": "<p>", "message_id": f"<{key}>", "state": state, "created_at": NOW - timedelta(days=days),
    }  # fmt: skip
    with site.database.writing() as session:
        session.execute(insert(MAILS).values(**row))


def kept(site: Runtime) -> list[str]:
    with site.database.reading() as session:
        return list(session.scalars(select(MAILS.c.key).order_by(MAILS.c.key)))


@pytest.mark.parametrize(("more", "left"), [("", ["b", "c", "waits"]), ("[mail]\nkeep_days = 30", ["c", "waits"])])
def test_mails_stay_for_180_days_or_as_long_as_the_site_says(
    database: str, make_site: SiteFactory, more: str, left: list[str]
) -> None:
    site = make_site(more=more, clock=lambda: NOW)
    for key, days in (("a", 181), ("b", 179), ("c", 29)):
        store(site, key, days)
    store(site, "waits", 400, state="queued")
    tidy(site.context())
    assert kept(site) == left


@pytest.mark.parametrize("days", ["7", "0", "-1", '"long"', "true", "1.5"])
def test_a_time_that_is_too_short_to_tell_repetitions_is_refused_at_boot(make_site: SiteFactory, days: str) -> None:
    with pytest.raises(SiteError, match=r"in \[mail\], keep_days must be a whole number of at least 30, not"):
        make_site(more=f"[mail]\nkeep_days = {days}")


def test_a_person_gets_their_mails_and_nobody_elses(database: str, make_site: SiteFactory) -> None:
    site = make_site(clock=lambda: NOW)
    store(site, "hers", 1)
    store(site, "his", 1, to="bo@example.com")
    with (ctx := site.context(actor=SYSTEM)).reading():
        (mail,) = export_person(ctx, " ADA@example.com")["kernel"]["mails"]
        assert export_person(ctx, "eve@example.com") == {}
    assert (mail["subject"], mail["text"], mail["created_at"]) == ("hers", "Dear Ada@example.com", "2026-05-31T00:00:00+00:00")


def test_a_person_who_is_forgotten_gets_no_mail_that_was_still_waiting(shop: Any, write: Any, smtp: Any, database: str) -> None:
    site = shop(smtp.url)
    write(site, run=False)
    store(site, "his", 1, to="bo@example.com")
    with (ctx := site.context(actor=SYSTEM)).writing():
        assert erase_person(ctx, "Ada@Example.com") == 1
        assert erase_person(ctx, "Ada@Example.com") == 0
    run_pending(site)
    assert (kept(site), smtp.received) == (["his"], [])
    with site.database.reading() as session:
        told = session.execute(select(AUDIT.c.action, AUDIT.c.subject, AUDIT.c.details).order_by(AUDIT.c.id)).all()
    assert told == [("kernel.person.erase", "person", {"rows": 1}), ("kernel.person.erase", "person", {"rows": 0})]


def test_both_rights_are_commands(
    make_site: SiteFactory, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    store(site, "hers", 1)
    monkeypatch.setenv("MARKETRY_SITE", str(site.site.dir))
    assert main(("person", "export", "ada@example.com")) == 0
    assert [mail["subject"] for mail in json.loads(capfd.readouterr().out)["kernel"]["mails"]] == ["hers"]
    assert main(("person", "erase", "ada@example.com", "--yes")) == 0
    assert capfd.readouterr().out == "1 rows erased or made anonymous.\n"
    assert kept(site) == []

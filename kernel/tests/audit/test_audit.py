"""The audit trail is only ever added to, in the transaction that did the thing; a person's name can be blanked."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from marketry.audit import AUDIT, audit, redact_actor
from marketry.runtime import Runtime
from marketry.testing.sites import SiteFactory
from marketry.web.values import Actor, ActorKind

MINA = Actor(ActorKind.STAFF, "staff:1", "Mina Oak")
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def site(database: str, make_site: SiteFactory) -> Runtime:
    runtime = make_site(clock=lambda: AT)
    for actor in (MINA, Actor(ActorKind.STAFF, "staff:2", "Bo")):
        ctx = runtime.context(actor=actor, channel="web")
        with ctx.writing():
            audit(ctx, "orders.refund", "order:K7", amount=500)
    return runtime


def entries(site: Runtime) -> list[tuple[Any, ...]]:
    with site.database.reading() as session:
        return [tuple(row)[1:] for row in session.execute(select(AUDIT).order_by(AUDIT.c.id))]


def entry(actor: str, name: str) -> tuple[Any, ...]:
    return (AT, actor, name, "web", "orders.refund", "order:K7", {"amount": 500})


def test_an_entry_says_who_did_what_to_what_and_when(site: Runtime) -> None:
    assert entries(site) == [entry("staff:1", "Mina Oak"), entry("staff:2", "Bo")]


def test_an_entry_of_what_was_rolled_back_is_not_kept(site: Runtime) -> None:
    ctx = site.context(actor=MINA)

    def refused() -> None:
        with ctx.writing():
            audit(ctx, "orders.refund", "order:K8")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        refused()
    assert len(entries(site)) == 2


def test_an_entry_outside_a_transaction_is_refused(site: Runtime) -> None:
    ctx = site.context(actor=MINA)
    with pytest.raises(RuntimeError, match=r"belongs inside `with ctx\.writing\(\):`"), ctx.reading():
        audit(ctx, "orders.refund", "order:K8")
    assert len(entries(site)) == 2


@pytest.mark.parametrize(
    "change",
    [
        delete(AUDIT),
        update(AUDIT).values(action="orders.note"),
        update(AUDIT).values(details={"amount": 1}),
        update(AUDIT).values(at=datetime(2020, 1, 1, tzinfo=UTC)),
        update(AUDIT).values(actor="staff:9", actor_name=""),
        update(AUDIT).values(actor_name="Somebody Else"),
    ],
    ids=["delete", "action", "details", "at", "actor", "another name"],
)
def test_the_database_itself_refuses_to_change_or_delete_an_entry(site: Runtime, change: Any) -> None:
    before = entries(site)
    with pytest.raises(DBAPIError, match="the audit trail is append-only"), site.database.writing() as session:
        session.execute(change)
    assert entries(site) == before


def test_a_person_who_is_forgotten_leaves_the_fact_and_the_name_of_others(site: Runtime) -> None:
    ctx = site.context(actor=MINA)
    with ctx.writing():
        assert redact_actor(ctx, "staff:1") == 1
        assert redact_actor(ctx, "staff:1") == 0
    assert entries(site) == [entry("staff:1", ""), entry("staff:2", "Bo")]

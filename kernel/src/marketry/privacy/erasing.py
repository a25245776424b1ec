"""Forgetting a person: each enabled plugin at once, a disabled one as soon as it is enabled again."""

from collections.abc import Iterable
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from marketry.audit import audit, redact_actor
from marketry.hookspecs import operations
from marketry.mail.keeping import forget_mails_to
from marketry.privacy.exporting import KERNEL, account_of
from marketry.privacy.people import Person, seal
from marketry.privacy.tables import ERASURES, PARTS

if TYPE_CHECKING:
    from marketry.context import Context

JOB = "kernel.journal_erasures"


def erase_person(ctx: "Context", who: str) -> int:
    """Erase or anonymise what is held of `who` everywhere, in the current transaction; returns how many rows changed.

    The audit trail says that it was done, not to whom. What a disabled plugin holds waits for it (`erasures`).
    """
    who = who.strip().lower()
    person, erasure = Person(who, account_of(ctx, who)), token_urlsafe(16)
    ctx.session.execute(insert(ERASURES).values(id=erasure, sealed=seal(ctx.site, person), asked_at=ctx.now()))
    rows = carry_out(ctx, erasure, person, due_in(ctx, erasure))
    ctx.enqueue(JOB, {}, key=f"erasure:{erasure}")
    audit(ctx, "kernel.person.erase", "person", rows=rows)
    if person.customer:  # who erases themselves signs this very entry
        redact_actor(ctx, person.customer)
    return rows


def due_in(ctx: "Context", erasure: str) -> list[str]:
    """The parts of the site that run and have not forgotten yet, the kernel first."""
    done = set(ctx.session.scalars(select(PARTS.c.plugin).where(PARTS.c.erasure_id == erasure)))
    return [part for part in running(ctx) if part not in done]


def running(ctx: "Context") -> list[str]:
    return [KERNEL, *(plugin.id for plugin in ctx.runtime.plugins.enabled)]


def carry_out(ctx: "Context", erasure: str, person: Person, parts: Iterable[str]) -> int:
    """Let each of `parts` forget, and note it. In the current transaction; returns how many rows changed."""
    total = 0
    for part in parts:
        if part == KERNEL:
            rows = forget_mails_to(ctx, person.who)
        else:
            rows = ctx.hooks.of(part, operations.erase_subject, ctx, person.who, person.customer) or 0
        ctx.session.execute(insert(PARTS).values(erasure_id=erasure, plugin=part, rows=rows, done_at=ctx.now()))
        total += rows
    return total

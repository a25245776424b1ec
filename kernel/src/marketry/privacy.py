"""A person's rights over their data: the kernel's own (mails), and that of every enabled plugin."""

from typing import TYPE_CHECKING, Any

from marketry.audit import audit
from marketry.commerce.people import CustomerBook
from marketry.hookspecs import operations
from marketry.mail.keeping import forget_mails_to, mails_to

if TYPE_CHECKING:
    from marketry.context import Context


def export_person(ctx: "Context", who: str) -> dict[str, Any]:
    """All that the site holds of `who` (an e-mail address), by plugin; what has nothing is left out. Inside a session."""
    who = who.strip().lower()
    told = {answer.plugin: answer.value for answer in ctx.hooks.each(operations.export_subject, ctx, who, account_of(ctx, who))}
    return {plugin: held for plugin, held in {"kernel": {"mails": mails_to(ctx, who)}, **told}.items() if _any(held)}


def erase_person(ctx: "Context", who: str) -> int:
    """Erase or anonymise it everywhere, in the current transaction; returns how many rows changed.

    The audit trail says that it was done, not to whom. A plugin that is disabled is not asked.
    """
    who = who.strip().lower()
    rows = forget_mails_to(ctx, who) + sum(
        a.value for a in ctx.hooks.each(operations.erase_subject, ctx, who, account_of(ctx, who))
    )
    audit(ctx, "kernel.person.erase", "person", rows=rows)
    return rows


def account_of(ctx: "Context", who: str) -> str:
    """The id of the account with the address `who`, empty where there is none."""
    book = ctx.service(CustomerBook)  # type: ignore[type-abstract]
    found = book.by_email(ctx, who) if book else None
    return found.id if found else ""


def _any(held: Any) -> bool:
    return any(held.values()) if isinstance(held, dict) else bool(held)

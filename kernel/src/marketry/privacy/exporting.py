"""All that the site holds of a person."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketry.commerce.people import CustomerBook
from marketry.database.tables import PluginSchema
from marketry.hookspecs import operations
from marketry.mail.keeping import mails_to

if TYPE_CHECKING:
    from marketry.context import Context

KERNEL = "kernel"
NOT_ASKED = "not_asked"


def export_person(ctx: "Context", who: str) -> dict[str, Any]:
    """What is held of `who` (an e-mail address), by plugin; what has nothing is left out. Inside a session.

    `not_asked` names the plugins that hold data in this database but are disabled, where there are any.
    """
    who = who.strip().lower()
    told = {answer.plugin: answer.value for answer in ctx.hooks.each(operations.export_subject, ctx, who, account_of(ctx, who))}
    found = {plugin: held for plugin, held in {KERNEL: {"mails": mails_to(ctx, who)}, **told}.items() if _any(held)}
    silent = not_asked(ctx)
    return {**found, NOT_ASKED: silent} if silent else found


def not_asked(ctx: "Context") -> list[str]:
    """Plugins with tables in this database that don't run now: they can neither tell nor forget anything."""
    with_tables = ctx.session.scalars(select(PluginSchema.plugin).order_by(PluginSchema.plugin))  # type: ignore[call-overload]
    return [plugin for plugin in with_tables if plugin != KERNEL and plugin not in ctx.runtime.plugins]


def account_of(ctx: "Context", who: str) -> str:
    """The id of the account with the address `who`, empty where there is none."""
    book = ctx.service(CustomerBook)  # type: ignore[type-abstract]
    found = book.by_email(ctx, who) if book else None
    return found.id if found else ""


def _any(held: Any) -> bool:
    return any(held.values()) if isinstance(held, dict) else bool(held)

"""The back office's menu: what plugins offer, as far as the actor may use it."""

from marketry.context import Context
from marketry.hookspecs.admin import admin_menu
from marketry.web.values import MenuEntry

KEY = "marketry.menu"


def menu_of(ctx: Context) -> list[MenuEntry]:
    """Entries that the actor may open, by group, position and label; asked once a request."""
    scope = ctx.request.scope if ctx.request else {}
    found: list[MenuEntry] | None = scope.get(KEY)
    if found is None:
        entries = (entry for answer in ctx.hooks.each(admin_menu, ctx) for entry in answer.value)
        allowed = [entry for entry in entries if not entry.permission or ctx.allows(entry.permission)]
        found = scope[KEY] = sorted(allowed, key=lambda entry: (entry.group, entry.position, entry.label))
    return found

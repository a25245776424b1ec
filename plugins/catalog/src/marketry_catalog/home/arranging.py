"""Adding, changing, moving, hiding and removing sections of the home page. Each saves the whole list as a setting of the
catalogue and needs `ctx.writing()` around it."""

import secrets
from collections.abc import Callable
from typing import Any

from marketry import Context
from marketry.problems import Problem, Refused, conflict, not_found
from marketry.settings.saving import save_settings
from marketry_catalog.home.drawing import kinds_of, sections_of
from marketry_catalog.settings import HomeSection

Sections = list[HomeSection]


def add_section(ctx: Context, kind: str) -> HomeSection:
    """A new section at the end, hidden until the merchant shows it."""
    if kind not in kinds_of(ctx):
        raise Refused(Problem("unknown_kind", ctx.gettext("There is no such kind of section."), "kind"))
    added = HomeSection(id=secrets.token_hex(4), kind=kind, hidden=True)
    _save(ctx, lambda sections: [*sections, added])
    return added


def fill_section(ctx: Context, id: str, values: dict[str, Any]) -> None:
    _change(ctx, id, {"values": values})


def hide_section(ctx: Context, id: str, *, hidden: bool) -> None:
    _change(ctx, id, {"hidden": hidden})


def remove_section(ctx: Context, id: str) -> None:
    """Refused for the last one: without any, the page would be made of the settings again."""

    def without(sections: Sections) -> Sections:
        if len(sections) == 1:
            raise conflict("last_section", ctx.gettext("This is the last section. Hide it, or add another first."))
        return [one for one in sections if one.id != id]

    find_section(ctx, id)
    _save(ctx, without)


def move_section(ctx: Context, id: str, by: int) -> None:
    """Up (-1) or down (1), as far as there is room."""

    def moved(sections: Sections) -> Sections:
        at = next(n for n, one in enumerate(sections) if one.id == id)
        to = min(max(at + by, 0), len(sections) - 1)
        sections.insert(to, sections.pop(at))
        return sections

    find_section(ctx, id)
    _save(ctx, moved)


def find_section(ctx: Context, id: str) -> HomeSection:
    found = next((one for one in sections_of(ctx) if one.id == id), None)
    if found is None:
        raise not_found(ctx.gettext("There is no such section (any more)."))
    return found


def _change(ctx: Context, id: str, parts: dict[str, Any]) -> None:
    find_section(ctx, id)
    _save(ctx, lambda sections: [one.model_copy(update=parts) if one.id == id else one for one in sections])


def _save(ctx: Context, change: Callable[[Sections], Sections]) -> None:
    """From what is saved now: what another process saved a moment ago is not lost."""
    ctx.runtime.look_again()
    changed = change(sections_of(ctx))
    save_settings(ctx, "catalog", {"home_sections": [one.model_dump(mode="json") for one in changed]})

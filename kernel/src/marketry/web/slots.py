"""Slots: catalogued places of templates into which plugins put fragments."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from markupsafe import Markup, escape

from marketry.context import Context
from marketry.hookspecs import web as web_hooks
from marketry.plugins.failures import Fault
from marketry.web.values import SlotFill

if TYPE_CHECKING:
    from marketry.runtime import Runtime

KERNEL_SLOTS: Mapping[str, str] = {
    "shop.head": "in the head of every page of the shop",
    "shop.announcement": "above the header of every page of the shop",
    "shop.header_search": "in the header of every page of the shop: the search",
    "shop.header_tools": "in the header of every page of the shop: account, cart",
    "shop.main_top": "above the content of every page of the shop",
    "shop.footer": "in the footer of every page of the shop",
    "shop.body_end": "at the end of every page of the shop",
}

_fills: "WeakKeyDictionary[Runtime, dict[str, tuple[SlotFill, ...]]]" = WeakKeyDictionary()


def catalogue(runtime: "Runtime") -> dict[str, str]:
    """Every slot there is, with what it is for: the kernel's and those that manifests declare."""
    slots = dict(KERNEL_SLOTS)
    for plugin in runtime.plugins.enabled:
        slots.update(plugin.manifest.declares_slots)
    return slots


def fills_of(runtime: "Runtime") -> dict[str, tuple[SlotFill, ...]]:
    """The fills per slot, in hook order. An unknown slot is a Fault of the plugin that fills it."""
    found = _fills.get(runtime)
    if found is None:
        found = _fills[runtime] = _checked(runtime)
    return found


def _checked(runtime: "Runtime") -> dict[str, tuple[SlotFill, ...]]:
    slots = catalogue(runtime)
    fills: dict[str, tuple[SlotFill, ...]] = {}
    for fill in runtime.collected(web_hooks.slots):
        if fill.slot not in slots:
            if fill.optional:
                continue
            known = ", ".join(sorted(slots))
            raise Fault(fill.plugin, f"it fills an unknown slot {fill.slot!r}", f"There are: {known}.", step="slots")
        fills[fill.slot] = (*fills.get(fill.slot, ()), fill)
    return fills


def draw(ctx: Context, name: str, arguments: Mapping[str, object]) -> Markup:
    """All fills of a slot, one after another; a fill that raises renders nothing and is logged (fails open)."""
    fills = fills_of(ctx.runtime).get(name)
    if not fills:
        return Markup("")
    return Markup("".join([_drawn(ctx, fill, arguments) for fill in fills]))  # noqa: S704 - each is escaped


def draw_each(ctx: Context, name: str, items: Sequence[object]) -> list[Markup]:
    """The slot `name` of every item of a list, in their order. Each fill is asked once for all of them: its
    `render(ctx, items=…)` returns as many pieces of markup, or None for nothing at all; a template is drawn per `item`."""
    pieces = [Markup("") for _ in items]
    for fill in fills_of(ctx.runtime).get(name, ()) if items else ():
        for at, piece in enumerate(_each(ctx, fill, items)):
            pieces[at] += piece
    return pieces


def _each(ctx: Context, fill: SlotFill, items: Sequence[object]) -> Sequence[Markup]:
    if fill.render is None:
        return [_drawn(ctx, fill, {"item": item}) for item in items]
    drawn = ctx.hooks.shielded(fill.plugin, f"slot {fill.slot}", fill.render, ctx, items=items)
    return [Markup("") if piece is None else escape(piece) for piece in drawn or ()][: len(items)]


def _drawn(ctx: Context, fill: SlotFill, arguments: Mapping[str, object]) -> Markup:
    if fill.steady:
        markup = ctx.hooks.shielded(fill.plugin, f"slot {fill.slot} {fill.template}", _steady, ctx, fill.template)
    elif fill.render is not None:
        markup = ctx.hooks.shielded(fill.plugin, f"slot {fill.slot}", fill.render, ctx, **arguments)
    else:
        place = f"slot {fill.slot} {fill.template}"
        markup = ctx.hooks.shielded(fill.plugin, place, _from_template, ctx, fill.template, arguments)
    return Markup("") if markup is None else escape(markup)


def _steady(ctx: Context, template: str) -> Markup:
    from marketry.web.templates import templates_of

    return templates_of(ctx.runtime).steady(ctx.locale, template)


def _from_template(ctx: Context, template: str, arguments: Mapping[str, object]) -> Markup:
    from marketry.web.templates import templates_of

    return Markup(templates_of(ctx.runtime).page(ctx, template, arguments))  # noqa: S704 - Jinja2 has escaped it

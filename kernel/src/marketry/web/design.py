"""What the living page of components (`admin/design.html`) is drawn with: samples, and every macro with what is said of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketry.commerce.money import Money
from marketry.context import Context
from marketry.problems import Problem
from marketry.web.layers import layers_of
from marketry.web.values import Page

_MACRO = re.compile(
    r"(?:\{#-?(?P<said>(?:(?!#\}).)*?)-?#\}\s*)?\{%-?\s*macro\s+(?P<name>[a-z]\w*)\((?P<arguments>[^%]*?)\)\s*-?%\}", re.S
)

_HEAD = re.compile(r"\{#-?(?P<said>.*?)-?#\}", re.S)


@dataclass(frozen=True, slots=True)
class MacroNote:
    """A macro that pages may use: where it is, its arguments with their defaults, and the comment above it."""

    template: str
    name: str
    arguments: str
    said: str


def samples(ctx: Context) -> dict[str, Any]:
    """Values for `admin/design_parts.html`: a price and one before a reduction, a page with neighbours, a refused field,
    the macros."""
    return {
        "price": Money(2800, ctx.currency),
        "before": Money(128050, ctx.currency),
        "page": Page((), next_cursor="next", previous_cursor="previous"),
        "problems": (Problem("email", ctx.gettext("Write the address in full, such as name@example.com."), "email"),),
        "moment": ctx.now(),
        "macros": tuple(macros(ctx)),
    }


def macros(ctx: Context) -> Iterator[MacroNote]:
    """Every public macro of the kernel's `ui/` and of each plugin's own templates, the strongest layer's where several do."""
    seen: set[str] = set()
    for layer in layers_of(ctx.runtime):
        for path in sorted(layer.templates.rglob("*.html")) if layer.templates.is_dir() else ():
            name = path.relative_to(layer.templates).as_posix()
            if name not in seen and ("/admin/" not in name):
                seen.add(name)
                yield from _noted(name, path)


def _noted(template: str, path: Path) -> Iterator[MacroNote]:
    source = path.read_text("utf-8")
    head = _HEAD.match(source)
    for found in _MACRO.finditer(source):
        said = " ".join((found["said"] or (head["said"] if head else "")).split())  # a file of one macro says it at its head
        yield MacroNote(template, found["name"], " ".join(found["arguments"].split()), said)

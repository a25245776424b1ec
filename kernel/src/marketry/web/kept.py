"""Pieces of pages that are drawn once: what a macro makes of the same values in the same language is the same markup.

The values are the key, so nothing has to be purged: another price, stock or picture is another piece.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2.runtime import Macro
from markupsafe import Markup

from marketry.context import Context

if TYPE_CHECKING:
    from marketry.runtime import Runtime

# The context being drawn for. Macros imported without `with context` see no variables of the page, and importing plainly
# lets Jinja2 keep one compiled module of macros for all pages; so the globals look here and not among the variables.
DRAWN_FOR: ContextVar[Context] = ContextVar("marketry.drawn_for")
CHANNEL = "kept"
PIECES = 4_096  # of some 1 kB each


def keeper(runtime: "Runtime") -> Callable[..., Markup]:
    """The global `kept(macro, *values)`: `macro(*values)`, remembered per language.

    For imported macros (those of the page itself are new each time) that use nothing but frozen values and the words,
    amounts and addresses of the language: they are drawn for nobody, and `slot` refuses to be called in them.
    """

    @lru_cache(PIECES, typed=True)
    def drawn(locale: str, macro: Macro, *values: object) -> Markup:
        token = DRAWN_FOR.set(Context(runtime, locale=locale, channel=CHANNEL))
        try:
            return Markup(macro(*values))  # noqa: S704 - Jinja2 has escaped it
        finally:
            DRAWN_FOR.reset(token)

    def kept(macro: Macro, *values: object) -> Markup:
        return drawn(DRAWN_FOR.get().locale, macro, *values)

    return kept

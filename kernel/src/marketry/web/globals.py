"""What every template can call. Each takes the context of the drawing, so one engine serves all languages and visitors."""

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date as Date
from datetime import datetime as DateTime
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from jinja2.runtime import Context as Drawing
from markupsafe import Markup

from marketry.commerce.money import Money
from marketry.context import Context
from marketry.hookspecs import web as web_hooks
from marketry.web.assets import assets_of
from marketry.web.menu import menu_of
from marketry.web.messages import recall
from marketry.web.pagetags import page_tags
from marketry.web.security.csrf import csrf_field
from marketry.web.slots import draw
from marketry.web.theming import address as theme_address
from marketry.web.values import MenuEntry

if TYPE_CHECKING:
    from marketry.runtime import Runtime


# The context being drawn for. Macros imported without `with context` see no variables of the page, so the globals
# that they call fall back on it; importing plainly lets Jinja2 keep one compiled module of macros for all pages.
DRAWN_FOR: ContextVar[Context] = ContextVar("marketry.drawn_for")


def _context(drawing: Drawing) -> Context:
    found: Context | None = drawing.get("ctx")
    return found if found is not None else DRAWN_FOR.get()


@pass_context
def _gettext(drawing: Drawing, text: str, **values: object) -> str:
    ctx = _context(drawing)
    return ctx.gettext(text, **values)


@pass_context
def _ngettext(drawing: Drawing, one: str, many: str, n: int, **values: object) -> str:
    ctx = _context(drawing)
    return ctx.ngettext(one, many, n, **values)


@pass_context
def _url(drawing: Drawing, path: str, *, absolute: bool = False) -> str:
    ctx = _context(drawing)
    return ctx.url(path, absolute=absolute)


@pass_context
def _money(drawing: Drawing, amount: Money) -> str:
    ctx = _context(drawing)
    return ctx.money(amount)


@pass_context
def _date(drawing: Drawing, moment: DateTime | Date) -> str:
    ctx = _context(drawing)
    return ctx.runtime.i18n.date(ctx.locale, moment)


@pass_context
def _datetime(drawing: Drawing, moment: DateTime) -> str:
    ctx = _context(drawing)
    return ctx.runtime.i18n.datetime(ctx.locale, moment)


@pass_context
def _media(drawing: Drawing, name: str, width: int | None = None) -> str:
    ctx = _context(drawing)
    url: str = ctx.media.url(name, width)
    return url


@pass_context
def _slot(drawing: Drawing, name: str, **arguments: object) -> Markup:
    return draw(_context(drawing), name, arguments)


@pass_context
def _messages(drawing: Drawing) -> list[str]:
    """What the last request left to say; on public pages nothing, they are the same for everyone."""
    ctx: Context = drawing["ctx"]
    message = recall(ctx) if ctx.personal else ""
    return [message] if message else []


@pass_context
def _page_tags(drawing: Drawing) -> Markup:
    return page_tags(drawing["ctx"], drawing["view"], drawing["view_values"])


@pass_context
def _theme_styles(drawing: Drawing) -> str:
    return theme_address(_context(drawing))


@pass_context
def _admin_menu(drawing: Drawing) -> list[MenuEntry]:
    return menu_of(drawing["ctx"])


@pass_context
def _csrf_field(drawing: Drawing) -> Markup:
    return csrf_field(_context(drawing))


@pass_context
def _navigation(drawing: Drawing) -> list[Any]:
    ctx = _context(drawing)
    return [link for answer in ctx.hooks.each(web_hooks.navigation, ctx) for link in answer.value]


def globals_of(runtime: "Runtime") -> Mapping[str, Any]:
    assets = assets_of(runtime)
    return {
        "_": _gettext,
        "gettext": _gettext,
        "ngettext": _ngettext,
        "url": _url,
        "money": _money,
        "date": _date,
        "datetime": _datetime,
        "asset": assets.url,
        "assets": assets.elements,
        "messages": _messages,
        "page_tags": _page_tags,
        "theme_styles": _theme_styles,
        "admin_menu": _admin_menu,
        "media": _media,
        "slot": _slot,
        "csrf_field": _csrf_field,
        "navigation": _navigation,
        "site": runtime.site,
    }

"""What every template can call. Each takes the context of the drawing, so one engine serves all languages and visitors."""

from collections.abc import Mapping, Sequence
from datetime import date as Date
from datetime import datetime as DateTime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from jinja2.runtime import Context as Drawing
from markupsafe import Markup

from marketry.commerce.money import Money
from marketry.hookspecs import web as web_hooks
from marketry.postal.printing import address_lines
from marketry.web.account import AccountEntry, account_navigation
from marketry.web.assets import assets_of
from marketry.web.found import language_chooser
from marketry.web.kept import CHANNEL, DRAWN_FOR, keeper
from marketry.web.menu import menu_of
from marketry.web.messages import recall
from marketry.web.pagetags import page_tags
from marketry.web.security.csrf import csrf_field
from marketry.web.segments_offered import Choices, segment_choices
from marketry.web.slots import draw, draw_each
from marketry.web.theming import address as theme_address
from marketry.web.values import Link, MenuEntry

if TYPE_CHECKING:
    from marketry.runtime import Runtime


NAVIGATION = "marketry.navigation"
FOOTER = "marketry.footer_links"


def _gettext(text: str, **values: object) -> str:
    return DRAWN_FOR.get().gettext(text, **values)


def _ngettext(one: str, many: str, n: int, **values: object) -> str:
    return DRAWN_FOR.get().ngettext(one, many, n, **values)


def _url(path: str, *, absolute: bool = False) -> str:
    return DRAWN_FOR.get().url(path, absolute=absolute)


def _money(amount: Money) -> str:
    return DRAWN_FOR.get().money(amount)


def _date(moment: DateTime | Date) -> str:
    ctx = DRAWN_FOR.get()
    return ctx.runtime.i18n.date(ctx.locale, moment)


def _datetime(moment: DateTime) -> str:
    ctx = DRAWN_FOR.get()
    return ctx.runtime.i18n.datetime(ctx.locale, moment)


def _slot(name: str, **arguments: object) -> Markup:
    ctx = DRAWN_FOR.get()
    if ctx.channel == CHANNEL:
        raise TypeError(f"slot({name!r}) in a piece that is kept: what plugins draw there may change; draw it outside")
    return draw(ctx, name, arguments)


def _slot_each(name: str, items: Sequence[object]) -> list[Markup]:
    ctx = DRAWN_FOR.get()
    if ctx.channel == CHANNEL:
        raise TypeError(f"slot_each({name!r}) in a piece that is kept: what plugins draw there may change; draw it outside")
    return draw_each(ctx, name, items)


def _messages() -> list[str]:
    """What the last request left to say; on public pages nothing, they are the same for everyone."""
    ctx = DRAWN_FOR.get()
    message = recall(ctx) if ctx.personal else ""
    return [message] if message else []


def _address_lines(address: Any, *, label: bool = False) -> list[str]:
    """An address as its country writes it; for a `label`, the shop's own country isn't named."""
    ctx = DRAWN_FOR.get()
    return address_lines(address, ctx.locale, label=label, home=ctx.site.country)


@pass_context
def _page_tags(drawing: Drawing, title: str = "", description: str = "") -> Markup:
    return page_tags(drawing["ctx"], drawing["view"], drawing["view_values"], title, description)


@pass_context
def _languages(drawing: Drawing) -> list[tuple[str, str]]:
    """(locale, address) of the page in every language of the site, for a chooser."""
    return language_chooser(drawing["ctx"], drawing["view_values"])


def _theme_styles() -> str:
    return theme_address(DRAWN_FOR.get())


def _admin_menu() -> list[MenuEntry]:
    return menu_of(DRAWN_FOR.get())


def _segment_choices() -> Choices | None:
    return segment_choices(DRAWN_FOR.get())


def _csrf_field() -> Markup:
    return csrf_field(DRAWN_FOR.get())


def _navigation() -> list[Link]:
    """The links of all plugins; asked once a request, drawn in header and footer."""
    ctx = DRAWN_FOR.get()
    scope = ctx.request.scope if ctx.request else {}
    found: list[Link] | None = scope.get(NAVIGATION)
    if found is None:
        found = [link for answer in ctx.hooks.each(web_hooks.navigation, ctx) for link in answer.value]
        scope[NAVIGATION] = found
    return found


def _account_navigation() -> Sequence[AccountEntry]:
    return account_navigation(DRAWN_FOR.get())


def _footer_links() -> list[Link]:
    """The footer's links of all plugins: those with children are columns, the others stand in its last line."""
    ctx = DRAWN_FOR.get()
    scope = ctx.request.scope if ctx.request else {}
    found: list[Link] | None = scope.get(FOOTER)
    if found is None:
        found = [link for answer in ctx.hooks.each(web_hooks.footer_links, ctx) for link in answer.value]
        scope[FOOTER] = found
    return found


def globals_of(runtime: "Runtime") -> Mapping[str, Any]:
    assets = assets_of(runtime)

    @lru_cache(65_536)  # a page names its pictures in several widths, and the next page the same ones
    def media(name: str, width: int | None = None) -> str:
        return runtime.media.url(name, width)

    def srcset(name: str) -> str:
        return runtime.media.srcset(name)

    return {
        "_": _gettext,
        "gettext": _gettext,
        "ngettext": _ngettext,
        "url": _url,
        "address_lines": _address_lines,
        "money": _money,
        "date": _date,
        "datetime": _datetime,
        "asset": assets.url,
        "assets": assets.elements,
        "messages": _messages,
        "page_tags": _page_tags,
        "languages": _languages,
        "theme_styles": _theme_styles,
        "admin_menu": _admin_menu,
        "media": media,
        "srcset": srcset,
        "slot": _slot,
        "slot_each": _slot_each,
        "kept": keeper(runtime),
        "csrf_field": _csrf_field,
        "navigation": _navigation,
        "segment_choices": _segment_choices,
        "footer_links": _footer_links,
        "account_navigation": _account_navigation,
        "site": runtime.site,
    }

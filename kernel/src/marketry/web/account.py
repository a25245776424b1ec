"""The frame of a customer's own pages, `account/layout.html`: its navigation comes from all plugins."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketry.context import Context
from marketry.hookspecs.people import account_links

PLACE = "marketry.account_links"


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """A line as it is drawn: `url` with its language, `badge` a number above 0 or None, `here`: the page belongs to it."""

    label: str
    url: str
    icon: str
    badge: int | None
    here: bool


def account_navigation(ctx: Context) -> Sequence[AccountEntry]:
    """The lines in order of position and label, for the customer who acts; nobody signed in, none. Asked once a request."""
    scope = ctx.request.scope if ctx.request else {}
    found: Sequence[AccountEntry] | None = scope.get(PLACE)
    if found is None:
        found = scope[PLACE] = _entries(ctx, scope.get("path", ""))
    return found


def _entries(ctx: Context, path: str) -> Sequence[AccountEntry]:
    links = [link for answer in ctx.hooks.each(account_links, ctx) for link in answer.value]
    links.sort(key=lambda link: (link.position, link.label))
    fitting = [link.url for link in links if path == link.url or path.startswith(f"{link.url}/")]
    here = max(fitting, key=len, default="")  # /account/orders/7 belongs to Orders, not to the overview
    return tuple(
        AccountEntry(
            link.label, ctx.url(link.url), link.icon, (link.badge(ctx) if link.badge else None) or None, link.url == here
        )
        for link in links
    )

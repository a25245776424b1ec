"""Small values that web and admin hooks exchange."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ActorKind(StrEnum):
    ANONYMOUS = "anonymous"
    CUSTOMER = "customer"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `id` is stable and opaque (`staff:7`), `name` is for people, `*` in permissions means all.

    `limits` say how far permissions reach, code → currency → minor units (`{"orders.refund": {"USD": 5000}}`): a code that
    isn't there has no limit, a currency that isn't there is not allowed at all.
    """

    kind: ActorKind = ActorKind.ANONYMOUS
    id: str = ""
    name: str = ""
    permissions: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict, hash=False)

    def allows(self, permission: str) -> bool:
        return "*" in self.permissions or permission in self.permissions

    def limit(self, code: str, currency: str) -> int | None:
        """Up to how many minor units of `currency` this actor may go; None: without limit."""
        return self.limits[code].get(currency, 0) if code in self.limits else None


ANONYMOUS = Actor()
SYSTEM = Actor(ActorKind.SYSTEM, "system", "system", frozenset({"*"}))


@dataclass(frozen=True, slots=True)
class SlotFill:
    """`render(ctx, **arguments)` returns markup (`markupsafe.Markup`) or None for nothing. Or name a `template`.

    In a slot of a list (`product.card`) `render(ctx, items=…)` is called once for all and returns a piece per item.

    `optional`: the slot belongs to a plugin that need not be enabled; without it nothing is drawn.
    `steady`: the template shows the same on every page of a language (no arguments, no request): it is drawn once.
    """

    slot: str
    template: str = ""
    render: Callable[..., Any] | None = None
    plugin: str = ""
    optional: bool = False
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the plugin's `static/<id>/` folder: `orders/orders.css`, `reviews/stars.js` (served as a module)."""

    path: str


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    children: tuple["Link", ...] = ()
    active: bool = False


@dataclass(frozen=True, slots=True)
class PageTag:
    """One element of the head: `element` meta|link|script(JSON-LD), its attributes, and `json` for JSON-LD."""

    element: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A public page: its path, the paths of the languages in which it is another, and the addresses of its main pictures."""

    path: str
    changed: datetime | None = None
    paths: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the back-office menu. `group` is `sell`, `catalogue`, `customers`, `money`, `insight` or `operate`."""

    label: str
    url: str
    permission: str
    group: str = "operate"
    icon: str = ""
    position: int = 50
    badge: Callable[..., int | None] | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the dashboard: a `template` drawn with `values`."""

    title: str
    template: str
    values: Mapping[str, Any]
    permission: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A result of the back office's search."""

    label: str
    url: str
    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column added to a list of the back office; `values(ctx, ids)` answers for all rows of the page at once."""

    key: str
    label: str
    values: Callable[..., Mapping[Any, str]]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something done to the ticked rows: `run(ctx, ids)` returns what to tell the staff member."""

    key: str
    label: str
    permission: str
    run: Callable[..., str]


ListPart = Column | BulkAction


@dataclass(frozen=True, slots=True)
class HealthReport:
    """`ok` False turns /readyz to 503 when `critical`."""

    name: str
    ok: bool
    detail: str = ""
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a keyset list: `next_cursor` None at the end."""

    items: Sequence[Any]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    count: int | None = None
    capped: bool = False

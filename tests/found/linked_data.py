"""What linked data may say, by the vocabulary itself and by what Google asks for; nothing here is taken from the shop's code.

Types, properties, what they belong to (domain, inherited) and what they hold (range) are those of schema.org, as the package
`msgspec-schemaorg` is generated from its release. Google's properties: https://developers.google.com/search/docs/appearance/structured-data
/product-snippet, /merchant-listing, /breadcrumb, /organization, /article (read in November 2026).
"""

import enum
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from importlib import import_module
from pkgutil import walk_packages
from typing import Any
from urllib.parse import urlsplit

import msgspec_schemaorg
from msgspec import Struct

VOCABULARY = re.compile(r"https?://schema\.org/?")
NAMES = re.compile(r"\w+")
TEXT, NUMBER = {"str"}, {"int", "float"}
MOMENTS = {"datetime": datetime.fromisoformat, "date": date.fromisoformat}


def _everything() -> dict[str, type]:
    found: dict[str, type] = {}
    for room in walk_packages(msgspec_schemaorg.__path__, "msgspec_schemaorg."):
        if ".models." in room.name or ".enums." in room.name:
            for name, one in vars(import_module(room.name)).items():
                if isinstance(one, type) and issubclass(one, Struct | enum.Enum):
                    found.setdefault(name, one)
    return found


TYPES = _everything()


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with one block of linked data; empty where nothing is."""
    context = [] if VOCABULARY.fullmatch(str(data.get("@context"))) else ["@context is not https://schema.org"]
    return [*context, *_of_thing(data, str(data.get("@type")))]


def _of_thing(data: Mapping[str, Any], at: str) -> Iterator[str]:
    kind = TYPES.get(str(data.get("@type")))
    if kind is None or issubclass(kind, enum.Enum):
        yield f"{at}: there is no type {data.get('@type')!r}"
        return
    known = _properties(kind)
    for name, value in data.items():
        if name.startswith("@"):
            continue
        # What an action needs is said beside its property: https://schema.org/docs/actions.html, "Input and Output constraints".
        holds = {"str"} if name.endswith("-input") and name.removesuffix("-input") in known else known.get(name)
        if holds is None:
            yield f"{at}: {name} is no property of {kind.__name__}"
            continue
        for one in value if isinstance(value, list) else [value]:
            yield from _of_value(one, holds, f"{at}.{name}")


def _properties(kind: type) -> dict[str, set[str]]:
    """Property → names of the types it holds, with those of all that the type is a kind of."""
    found: dict[str, set[str]] = {}
    for ancestor in reversed(kind.__mro__):
        for name, told in vars(ancestor).get("__annotations__", {}).items():
            found[name] = set(NAMES.findall(str(told))) - {"Union", "List", "None", "list"}
    return found


def _of_value(value: Any, holds: set[str], at: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        kind = TYPES.get(str(value.get("@type")))
        if kind is not None and not {ancestor.__name__ for ancestor in kind.__mro__} & holds:
            yield f"{at}: a {kind.__name__} where {sorted(holds)} stand"
        yield from _of_thing(value, at)
    elif isinstance(value, bool):
        if "bool" not in holds:
            yield f"{at}: {value!r} where {sorted(holds)} stand"
    elif isinstance(value, int | float):
        if not holds & (NUMBER | TEXT):
            yield f"{at}: a number where {sorted(holds)} stand"
    elif not (isinstance(value, str) and value.strip()):
        yield f"{at}: nothing"
    elif not _fits(value, holds):
        yield f"{at}: {value!r} where {sorted(holds)} stand"


def _fits(text: str, holds: set[str]) -> bool:
    # An address names any thing: https://schema.org/docs/gs.html, section 3c; Google's trails have it so, too.
    if holds & TEXT or (holds & {"URL", "Thing"} and _is_address(text)):
        return True
    for name in holds & MOMENTS.keys():
        try:
            MOMENTS[name](text)
        except ValueError:
            continue
        return True
    member = VOCABULARY.sub("", text)
    enumerations = [TYPES[name] for name in holds if name in TYPES and issubclass(TYPES[name], enum.Enum)]
    return any(member in one.__members__ for one in enumerations) and VOCABULARY.match(text) is not None


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and text.isascii() and " " not in text


# Type → (what Google needs, what it recommends and a shop always knows). A tuple: one of them suffices.
GOOGLE: dict[str, tuple[tuple[str | tuple[str, ...], ...], tuple[str | tuple[str, ...], ...]]] = {
    "Product": (("name", "image", "offers"), ("description", "brand")),
    "Offer": (
        ("price", "priceCurrency"),
        ("availability", "itemCondition", "url", ("sku", "gtin8", "gtin12", "gtin13", "gtin14")),
    ),
    "AggregateOffer": (("lowPrice", "priceCurrency"), ("highPrice", "offerCount")),
    "BreadcrumbList": (("itemListElement",), ()),
    "Organization": (("name",), ()),
    "BlogPosting": (("headline",), ("author", "datePublished", "dateModified", "image")),
    "ItemList": (("itemListElement",), ()),
    "WebSite": (("name", "url"), ()),
}


def unmet(data: Any) -> list[str]:
    """What Google misses, in this thing and in all that it holds."""
    if isinstance(data, list):
        return [wrong for one in data for wrong in unmet(one)]
    if not isinstance(data, Mapping):
        return []
    needs, wishes = GOOGLE.get(str(data.get("@type")), ((), ()))
    missing = [n for n in (*needs, *wishes) if not any(data.get(name) for name in ([n] if isinstance(n, str) else n))]
    own = [f"{data['@type']} without {name}" for name in missing]
    if data.get("@type") == "Offer" and not re.fullmatch(r"\d+(\.\d+)?", str(data.get("price"))):
        own.append(f"the price {data.get('price')!r} is no number with a point")
    if data.get("@type") == "BreadcrumbList":
        own += _of_trail(data.get("itemListElement", []))
    return [*own, *(wrong for value in data.values() for wrong in unmet(value))]


def _of_trail(items: list[Mapping[str, Any]]) -> list[str]:
    wrong = [] if len(items) >= 2 else ["a trail has two steps at least"]
    wrong += [] if [item.get("position") for item in items] == list(range(1, len(items) + 1)) else ["positions aren't 1, 2, 3 …"]
    return wrong + [
        f"step {item.get('position')} without name or item" for item in items[:-1] if not (item.get("name") and item.get("item"))
    ]

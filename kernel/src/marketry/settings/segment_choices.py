"""`[segments]` of marketry.toml: which countries a visitor may choose (without it, the site's own alone), and which groups of
customers have prices of their own.
"""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketry.settings.site import Site


GROUP = re.compile(r"[a-z0-9_-]{1,64}")
KNOWN = ("countries", "price_groups")


def known_countries(site: "Site") -> tuple[str, ...]:
    """ISO 3166 codes, the site's own first. ValueError for what is none."""
    unknown = sorted(set(site.table("segments")) - {*KNOWN})
    if unknown:
        raise ValueError(f"there is no setting {unknown[0]!r}; there are {' and '.join(KNOWN)}")
    listed = site.listed("segments", "countries")
    for code in listed:
        if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
            raise ValueError(f'{code!r} is no ISO 3166 country like "DE"')
    return tuple(dict.fromkeys((site.country, *listed)))


def price_groups(site: "Site") -> tuple[str, ...]:
    """Codes of customer groups (`Actor.groups`) that have prices of their own; of several groups of one customer the first one
    listed counts. ValueError for what is none."""
    listed = site.listed("segments", "price_groups")
    for code in listed:
        if not GROUP.fullmatch(code):
            raise ValueError(f"{code!r} is no code of a group: small letters, digits, - and _")
    return tuple(dict.fromkeys(listed))


def price_group_among(site: "Site", groups: Collection[str]) -> str:
    """Whose prices a customer of these groups has; "" for those of everybody."""
    return next((code for code in price_groups(site) if code in groups), "")

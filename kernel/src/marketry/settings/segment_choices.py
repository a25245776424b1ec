"""Which countries a visitor may choose: `[segments] countries` of marketry.toml; without it, the site's own alone."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketry.settings.site import Site


def known_countries(site: "Site") -> tuple[str, ...]:
    """ISO 3166 codes, the site's own first. ValueError for what is none."""
    unknown = sorted(set(site.table("segments")) - {"countries"})
    if unknown:
        raise ValueError(f"there is no setting {unknown[0]!r}; there is countries")
    listed = site.listed("segments", "countries")
    for code in listed:
        if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
            raise ValueError(f'{code!r} is no ISO 3166 country like "DE"')
    return tuple(dict.fromkeys((site.country, *listed)))

"""Which zone serves an address, and what a method costs there. Weights in grams, amounts in minor units of one currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parcel goes. Before an address is known only the country is, and then nothing narrower can match."""

    country: str | None
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    """`countries` empty: the whole world. `regions` and `postal_prefixes` narrow it: one of either has to match.

    Zones are asked by `priority`, the smaller number first; ties go to the smaller id.
    """

    id: int
    countries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    postal_prefixes: tuple[str, ...] = ()
    priority: int = 100

    def serves(self, place: Place) -> bool:
        if self.countries and place.country not in self.countries:
            return False
        if not self.regions and not self.postal_prefixes:
            return True
        return region_key(place.region) in self.regions or self._by_postal_code(place)

    def _by_postal_code(self, place: Place) -> bool:
        code = postal_key(place.postal_code)
        return bool(code) and code.startswith(self.postal_prefixes)


@dataclass(frozen=True, slots=True)
class Band:
    """A price that holds up to `max_weight` (None: any weight) and from `min_subtotal` on."""

    price: int
    max_weight: int | None = None
    min_subtotal: int = 0

    def holds(self, weight: int, subtotal: int) -> bool:
        return subtotal >= self.min_subtotal and (self.max_weight is None or weight <= self.max_weight)


def zone_for(zones: Iterable[Zone], place: Place) -> Zone | None:
    """The one zone that serves `place`; None where we don't deliver."""
    serving = (zone for zone in zones if zone.serves(place))
    return min(serving, key=lambda zone: (zone.priority, zone.id), default=None)


def price_of(bands: Sequence[Band], weight: int, subtotal: int) -> int | None:
    """The price of the narrowest band that holds; None where the method isn't offered.

    Narrowest is the highest `min_subtotal`, among those the smallest `max_weight`; so "free from 100.00" is a band with
    price 0 that beats the ordinary ones from there on.
    """
    holding = [band for band in bands if band.holds(weight, subtotal)]
    return min(holding, key=_narrowness).price if holding else None


def _narrowness(band: Band) -> tuple[int, bool, int, int]:
    return (-band.min_subtotal, band.max_weight is None, band.max_weight or 0, band.price)


def region_key(region: str) -> str:
    """Regions are compared as people write them, whatever the case and the spaces around."""
    return " ".join(region.split()).casefold()


def postal_key(code: str) -> str:
    """`sw1a 1aa`, `SW1A-1AA` and `SW1A1AA` are one postal code."""
    return "".join(ch for ch in code.upper() if ch.isalnum())

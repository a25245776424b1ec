"""Which zone serves a place, and which band prices a parcel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketry_shipping.domain.rates import Band, Place, Zone, postal_key, price_of, region_key, zone_for

US = frozenset({"US"})
HAWAII = Zone(3, US, frozenset({"hawaii", "hi"}), ("967", "968"), priority=5)
DOMESTIC = Zone(1, US, priority=10)
WORLD = Zone(2, priority=100)


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        (Place("US", "New York", "10001"), DOMESTIC),
        (Place("US", " HAWAII ", ""), HAWAII),
        (Place("US", "", "96815"), HAWAII),
        (Place("US", "", "967-01"), HAWAII),
        (Place("US"), DOMESTIC),
        (Place("DE", "Hawaii", "96815"), WORLD),
        (Place(None), WORLD),
    ],
)
def test_the_zone_with_the_smallest_priority_that_matches_serves_a_place(place, zone):
    assert zone_for([WORLD, DOMESTIC, HAWAII], place) == zone


def test_where_no_zone_matches_nothing_is_delivered():
    assert zone_for([DOMESTIC, HAWAII], Place("DE")) is None
    assert zone_for([], Place("US")) is None


BANDS = [Band(590, 2000), Band(990, 30_000), Band(0, 30_000, 10_000), Band(300, None, 5000)]


@pytest.mark.parametrize(
    ("weight", "subtotal", "price"),
    [
        (0, 0, 590),
        (2000, 4999, 590),
        (2001, 4999, 990),
        (30_001, 4999, None),
        (30_001, 5000, 300),
        (100, 5000, 300),
        (100, 9999, 300),
        (100, 10_000, 0),
        (30_000, 10_000, 0),
        (30_001, 10_000, 300),
    ],
)
def test_the_narrowest_band_that_holds_prices_a_parcel(weight, subtotal, price):
    assert price_of(BANDS, weight, subtotal) == price


def test_a_method_without_bands_is_not_offered():
    assert price_of([], 1, 1) is None


bands = st.builds(Band, st.integers(0, 10**6), st.none() | st.integers(1, 10**5), st.integers(0, 10**6))
zones = st.builds(
    Zone, st.integers(1, 50), st.frozensets(st.sampled_from(["US", "DE", "CN"])),
    st.frozensets(st.sampled_from(["hawaii", "bayern"])),
    st.lists(st.sampled_from(["9", "96", "80"]), max_size=2).map(tuple), st.integers(0, 3),
)  # fmt: skip
places = st.builds(
    Place, st.none() | st.sampled_from(["US", "DE", "FR"]), st.sampled_from(["", "Hawaii", "BAYERN"]),
    st.sampled_from(["", "96815", "80331", "sw1a 1aa"]),
)  # fmt: skip


@given(st.lists(bands, max_size=6), st.integers(0, 10**5), st.integers(0, 10**6), st.randoms())
def test_the_price_is_one_of_a_band_that_holds_whatever_their_order(bands, weight, subtotal, random):
    price = price_of(bands, weight, subtotal)
    holding = [b.price for b in bands if b.holds(weight, subtotal)]
    assert (price in holding) if holding else price is None
    shuffled = list(bands)
    random.shuffle(shuffled)
    assert price_of(shuffled, weight, subtotal) == price


@given(st.lists(zones, max_size=6, unique_by=lambda zone: zone.id), places, st.randoms())
def test_one_zone_serves_a_place_whatever_their_order_and_none_before_it_would(zones, place, random):
    chosen = zone_for(zones, place)
    shuffled = list(zones)
    random.shuffle(shuffled)
    assert zone_for(shuffled, place) == chosen
    if chosen is None:
        assert not any(zone.serves(place) for zone in zones)
    else:
        assert chosen.serves(place)
        earlier = [zone for zone in zones if (zone.priority, zone.id) < (chosen.priority, chosen.id)]
        assert not any(zone.serves(place) for zone in earlier)


@given(zones)
def test_a_narrowed_zone_never_serves_a_place_of_which_only_the_country_is_known(zone):
    if zone.regions or zone.postal_prefixes:
        assert not any(zone.serves(Place(country)) for country in ("US", "DE", "CN", None))


@given(st.text())
def test_keys_are_stable(text):
    assert region_key(region_key(text)) == region_key(text)
    assert postal_key(postal_key(text)) == postal_key(text)


def test_postal_codes_are_compared_without_spaces_and_hyphens():
    assert {postal_key(code) for code in ("sw1a 1aa", "SW1A-1AA", "SW1A1AA")} == {"SW1A1AA"}

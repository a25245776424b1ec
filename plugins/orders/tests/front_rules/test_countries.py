"""What an address needs depends on its country."""

import pytest

from marketry_orders.addresses import countries
from marketry_orders.domain.countries import fits, needs_postal_code, needs_region


@pytest.mark.parametrize(
    ("country", "code", "right"),
    [
        ("US", "62701", True), ("US", "62701-1234", True), ("US", "6270", False), ("DE", "10115", True),
        ("DE", "1011", False), ("GB", "sw1a 1aa", True), ("GB", "12345", False), ("CA", "K1A 0B1", True),
        ("CN", "100000", True), ("JP", "100-0001", True), ("NL", "1012 AB", True), ("GE", "whatever", True),
    ],
)  # fmt: skip
def test_a_postal_code_has_the_form_of_its_country(country, code, right):
    assert fits(country, code) is right


def test_some_countries_have_no_postal_codes_and_some_need_a_region():
    assert (needs_postal_code("HK"), needs_postal_code("DE")) == (False, True)
    assert (needs_region("US"), needs_region("CN"), needs_region("DE")) == (True, True, False)


def test_countries_are_named_in_the_readers_language_and_regions_are_none():
    assert (countries("en")["DE"], countries("zh")["DE"]) == ("Germany", "德国")
    assert not {"EU", "UN", "XA", "ZZ", "QO"} & set(countries("en"))
    assert len(countries("en")) > 240

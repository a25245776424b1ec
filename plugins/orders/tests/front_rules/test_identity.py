"""What makes a line the same line, a quote the same quote, an order number readable."""

import re

from hypothesis import given
from hypothesis import strategies as st

from marketry import Money
from marketry.commerce.cart import Cart, CartLine, LineId
from marketry.commerce.items import Item
from marketry.commerce.quote import Adjustment, Quote, QuoteLine, Source, Stage
from marketry_orders.domain.fingerprints import agreement, line_identity
from marketry_orders.domain.numbers import hashed, matches, new_order_number, new_token

WORDS = st.text(min_size=1, max_size=8)
DATA = st.dictionaries(WORDS, st.dictionaries(WORDS, st.text(max_size=8) | st.integers(), max_size=3), max_size=3)


@given(DATA)
def test_the_order_of_keys_and_empty_plugins_do_not_matter(data):
    turned = {plugin: dict(reversed(keys.items())) for plugin, keys in reversed(data.items())}
    assert line_identity("MUG", data) == line_identity("MUG", {**turned, "~empty": {}})


@given(DATA, DATA)
def test_different_inputs_are_different_lines(one, other):
    filled = [{plugin: keys for plugin, keys in data.items() if keys} for data in (one, other)]
    assert (line_identity("MUG", one) == line_identity("MUG", other)) is (filled[0] == filled[1])


def test_an_order_number_can_be_read_over_the_telephone_and_does_not_count():
    numbers = {new_order_number() for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(re.fullmatch("[2-9A-HJKMNP-TV-Z]{9}", number) for number in numbers)


def test_a_token_is_known_by_its_hash_alone():
    token = new_token()
    assert len(token) == 43
    assert matches(token, hashed(token))
    assert not matches(token[:-1], hashed(token))


def quote(price=1000, label="Sale", amount=-100, locale="en"):
    line = CartLine(LineId("l"), Item("MUG", "Mug" if locale == "en" else "杯"), 1)
    sale = Adjustment("sale", label, Money(amount, "USD"), Stage.ORDER, Source("promo", "1", "r"), LineId("l"))
    return Quote(Cart("c", "USD", locale, (line,)), (QuoteLine(line, Money(price, "USD")),), adjustments=(sale,))


def test_what_a_buyer_agrees_to_is_amounts_and_reasons_not_words():
    assert agreement(quote()) == agreement(quote(label="促销", locale="zh"))
    assert agreement(quote()) != agreement(quote(price=1001, amount=-101))  # the total is the same, its parts aren't

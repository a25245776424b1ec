"""Sets and orders kept in memory: any way of reading them gives the same, and following changes ends where reading anew does."""

import random

from hypothesis import given
from hypothesis import strategies as st

from marketry_catalog.domain.asking import Question, groups_of, synonyms_of
from marketry_catalog.domain.near import distance, near_keys, nearest_word
from marketry_catalog.overview.bits import bits_of, members
from marketry_catalog.overview.facts import Facts
from marketry_catalog.overview.measures import Measure
from marketry_catalog.overview.overview import Overview, changed, name_key


@given(st.sets(st.integers(0, 500)))
def test_a_set_of_bits_has_the_members_it_was_made_of(numbers):
    assert list(members(bits_of(numbers, 501), 501)) == sorted(numbers)


KEYS = st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=1, max_size=80)


@given(KEYS, st.data())
def test_walking_and_sorting_give_the_same_pages(keys, data):
    measure = Measure.of(keys)
    wanted = {o for o in range(len(keys)) if data.draw(st.booleans())}
    down = data.draw(st.booleans())
    expected = sorted(((keys[o], o) for o in wanted if keys[o] is not None), reverse=down)
    after = data.draw(st.sampled_from([None, *expected])) if expected else None
    behind = expected[expected.index(after) + 1 :] if after else expected
    bits = bits_of(wanted, len(keys))
    assert measure.walk(bits, 7, down=down, after=after) == [o for _, o in behind[:7]]
    assert measure._sorted(bits, 7, down, after) == [o for _, o in behind[:7]]


@given(KEYS, st.dictionaries(st.integers(0, 79), st.one_of(st.none(), st.integers(0, 9)), max_size=20))
def test_a_changed_order_is_the_order_of_the_changed(keys, news):
    size = max([len(keys), *(o + 1 for o in news)])
    wide = [*keys, *([None] * (size - len(keys)))]
    for o, key in news.items():
        wide[o] = key
    followed = Measure.of(keys).changed(news, size)
    assert (followed.keys, followed.order) == (wide, Measure.of(wide).order)


@given(KEYS, st.integers(0, 9), st.integers(0, 9))
def test_a_range_holds_what_lies_between(keys, least, most):
    found = set(members(Measure.of(keys).between(least, most), len(keys)))
    assert found == {o for o, key in enumerate(keys) if key is not None and least <= key <= most}


def test_edges_part_prices_into_ranges_of_like_size_at_round_figures():
    cents = random.Random(1)
    measure = Measure.of([cents.randrange(500, 20_000) for _ in range(1_000)])
    edges = measure.edges(measure.all, 5, 100)
    assert edges == [5000, 10000, 15000]
    assert all(edge % 500 == 0 for edge in edges)


def facts(i, colour, price):
    return Facts(i, f"p{i}", {"en": f"Product {i}"}, i, None, (), {("published",), ("colour", colour)}, {("price", "USD"): price})


PRODUCTS = st.dictionaries(st.integers(1, 30), st.tuples(st.sampled_from("abc"), st.integers(0, 50)), max_size=25)


@given(PRODUCTS, PRODUCTS)
def test_following_changes_ends_where_reading_anew_does(before, after):
    old = changed(Overview(), [facts(i, *its) for i, its in sorted(before.items())], (), ["en"])
    followed = changed(old, [facts(i, *its) for i, its in sorted(after.items())], set(before) - set(after), ["en"])
    fresh = changed(Overview(), [facts(i, *its) for i, its in sorted(after.items())], (), ["en"])

    def seen(overview):
        sets = {name: sorted(overview.handles[o] for o in members(bits, overview.size)) for name, bits in overview.sets.items()}
        order = overview.measure("price", "USD")
        return {n: s for n, s in sets.items() if s}, [(order.keys[o], overview.handles[o]) for o in sorted(order.order)]

    assert seen(followed)[0] == seen(fresh)[0]
    assert sorted(seen(followed)[1]) == sorted(seen(fresh)[1])


def test_chinese_names_sort_by_sound():
    names = ["桌布", "碗", "杯子", "花瓶"]
    assert sorted(names, key=lambda n: name_key(n, "zh")) == ["杯子", "花瓶", "碗", "桌布"]


def test_a_slip_is_a_letter_more_less_other_or_swapped():
    assert [distance("vase", other, 2) for other in ("vase", "vas", "vasse", "vose", "vsae", "lamp")] == [0, 1, 1, 1, 1, 3]
    assert nearest_word("mgu", [("mug", 3), ("rug", 90)]) == "mug"
    assert nearest_word("ab", [("abc", 3)]) is None
    assert nearest_word("earthenwear", [("earthenware", 1)]) == "earthenware"


@given(st.text("abcde", min_size=3, max_size=9), st.integers(0, 8), st.sampled_from("abcde"))
def test_a_word_meets_every_word_of_one_slip(word, at, letter):
    at %= len(word)
    for other in (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]):
        if len(other) >= 3:
            assert near_keys(word) & near_keys(other)


def test_synonyms_stand_beside_what_was_typed():
    known = synonyms_of([("", ["mug", "tea cups"]), ("crockery", ["bowl"])])
    assert groups_of(Question("blue tea cup", True, known)) == [[("blue",)], [("tea", "cup"), ("mug",)]]
    assert groups_of(Question("crockery", True, known)) == [[("crockery",), ("bowl",)]]
    assert groups_of(Question("bowl", True, known)) == [[("bowl",)]]

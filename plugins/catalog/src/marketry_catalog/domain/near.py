"""Words that differ by a slip of the fingers: bounded edit distance, and keys under which such words meet.

A word and a misspelling of it at distance d meet when up to d letters are left out of each (as SymSpell does it:
https://wolfgarbe.medium.com/1000x-faster-spelling-correction-algorithm-2012-8701fcd87a5f), so a lookup replaces a scan.
"""

from collections.abc import Iterable
from itertools import combinations

FROM_TWO = 7  # letters from which on two slips are forgiven
PREFIX = 7  # letters that keys of long words are made of; a bound on how many keys there are


def slips(word: str) -> int:
    """How many slips are forgiven in a word of this length."""
    return 0 if len(word) < 3 else 1 if len(word) < FROM_TWO else 2


def near_keys(word: str) -> set[str]:
    """`mug` → mug, ug, mg, mu; of long words the first letters with up to two left out."""
    if slips(word) == 0:
        return {word}
    start = word[:PREFIX]
    most = 1 if len(word) < FROM_TWO - 1 else 2
    keys = {start}
    for left_out in range(1, most + 1):
        keys |= {"".join(part) for part in combinations(start, len(start) - left_out)}
    return keys


def distance(a: str, b: str, most: int) -> int:
    """Letters added, left out, exchanged, or swapped with their neighbour between `a` and `b`; `most + 1` where it is more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def nearest_word(word: str, candidates: Iterable[tuple[str, int]]) -> str | None:
    """The candidate (word, products) with the fewest slips, then with the same first letter, then in the most products."""
    most = slips(word)
    found = [(d, c[0] != word[0], -products, c) for c, products in candidates if (d := distance(word, c, most)) <= most]
    return min(found)[3] if found else None

"""What a query asks of an index of words: every group must be there, by one of its alternatives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import comb

from marketry_catalog.domain.analyser import words

MOST_WORDS = 12
MOST_COMBINATIONS = MOST_WORDS  # so the steps of all words but one, and of any word, are always among them
LONGEST_TERM = 4  # words of a synonym that are looked for in a query
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an engine: products with every word of `text` (or, `every` False, with some of them), where words
    that stand in `synonyms` may also be met by any of their phrases. The last word may be the beginning of a longer one."""

    text: str
    every: bool = True
    synonyms: Mapping[Words, Sequence[Words]] = field(default_factory=dict)


def groups_of(question: Question) -> list[list[Words]]:
    """Alternatives of each part of the question, what was typed first: `mug set` with mug = cup → [[mug], [cup]], [[set]]."""
    asked = list(words(question.text))[:MOST_WORDS]
    groups: list[list[Words]] = []
    i = 0
    while i < len(asked):
        long = min(LONGEST_TERM, len(asked) - i)
        taken = next((n for n in range(long, 0, -1) if tuple(asked[i : i + n]) in question.synonyms), 0)
        if taken:
            term = tuple(asked[i : i + taken])
            groups.append([term, *question.synonyms[term]])
        else:
            groups.append([(asked[i],)])
        i += taken or 1
    return groups


def combinations_of(groups: int, every: bool) -> list[list[tuple[int, ...]]]:
    """Which groups must be there together, in steps that ask less and less: [[(0, 1, 2)]] where every one must, else
    [[(0, 1), (0, 2), (1, 2)], [(0,), (1,), (2,)]]. Steps with more than MOST_COMBINATIONS are passed over, but for the last."""
    if not groups:
        return []
    if every or groups == 1:
        return [[tuple(range(groups))]]
    return [list(combinations(range(groups), n)) for n in range(groups - 1, 0, -1) if comb(groups, n) <= MOST_COMBINATIONS]


def synonyms_of(rows: Sequence[tuple[str, Sequence[str]]]) -> dict[Words, list[Words]]:
    """Rows of (term, words) by the term's index words; without a term all words find each other."""
    found: dict[Words, list[Words]] = {}
    for term, others in rows:
        phrases = [p for p in (tuple(words(o))[:LONGEST_TERM] for o in others) if p]
        for start in [tuple(words(term))[:LONGEST_TERM]] if term else phrases:
            known = found.setdefault(start, [])
            known += [p for p in phrases if p != start and p not in known]
    return {start: phrases for start, phrases in found.items() if start and phrases}

"""Words as the search engine sees them: folded words, and pairs of characters where a script writes no blanks."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Han, kana and hangul: indexed as overlapping pairs, since words can't be told apart without a dictionary.
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
# Digits stand apart from letters, so that `30cm` and `30 cm`, `A4` and `a 4` are the same.
_RUN = re.compile(rf"[{_CJK}]+|\d+|[^\W\d_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
LONGEST_WORD = 40
SHORTEST_SPELT = 3  # letters: shorter words have too many neighbours to be led to one


def words(text: str) -> Iterator[str]:
    """The index words of `text`, in order: `Café 马克杯` → cafe, 马克, 克杯. A lone CJK character stands for itself."""
    for run in _RUN.findall(folded(text)):
        if not _IS_CJK.match(run):
            yield stem(run)
        elif len(run) == 1:
            yield run
        else:
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def index_words(text: str) -> Iterator[str]:
    """Like `words`, plus each CJK character alone, so that a query of one character finds it."""
    for run in _RUN.findall(folded(text)):
        if not _IS_CJK.match(run):
            yield stem(run)
        else:
            yield from run
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def spelt_words(text: str) -> Iterator[str]:
    """Words that may be misspelt, as people write them but folded: `Cafés, 30 杯` → cafes."""
    for run in _RUN.findall(folded(text)):
        if SHORTEST_SPELT <= len(run) <= LONGEST_WORD and not _IS_CJK.match(run) and not run.isdigit():
            yield run


def token(word: str) -> str:
    """`word` in ASCII letters and digits: databases then agree on where it begins and ends, whatever their locale."""
    return word if word.isascii() else "u" + "".join(f"{ord(c):05x}" for c in word)


def folded(text: str) -> str:
    """Compatible forms, cases and diacritics made one: `Ｃafé` → cafe."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Mugs → mug, dishes → dish, berries → berry: plurals only, so that no other word is broken."""
    word = word[:LONGEST_WORD]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word

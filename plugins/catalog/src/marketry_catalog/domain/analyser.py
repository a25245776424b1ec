"""Words as the search engine sees them: folded words, and pairs of characters where a script writes no blanks."""

import re
import unicodedata
from collections.abc import Iterator

# Han, kana and hangul: indexed as overlapping pairs, since words can't be told apart without a dictionary.
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
LONGEST_WORD = 40


def words(text: str) -> Iterator[str]:
    """The index words of `text`, in order: `Café 马克杯` → cafe, 马克, 克杯. A lone CJK character stands for itself."""
    for run in _RUN.findall(_folded(text)):
        if not _IS_CJK.match(run):
            yield _stem(run)[:LONGEST_WORD]
        elif len(run) == 1:
            yield run
        else:
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def index_words(text: str) -> Iterator[str]:
    """Like `words`, plus each CJK character alone, so that a query of one character finds it."""
    yield from words(text)
    for run in _RUN.findall(_folded(text)):
        if _IS_CJK.match(run) and len(run) > 1:
            yield from run


def token(word: str) -> str:
    """`word` in ASCII letters and digits: databases then agree on where it begins and ends, whatever their locale."""
    return word if word.isascii() else "u" + "".join(f"{ord(c):05x}" for c in word)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def _stem(word: str) -> str:
    """Mugs → mug, dishes → dish, berries → berry: plurals only, so that no other word is broken."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word

"""Every text of the catalogue has its Chinese, with the same places to fill."""

import re
from pathlib import Path

import marketry
import marketry_catalog

HERE = Path(marketry_catalog.__file__).parent
TEXT = r'"((?:[^"\\]|\\.)*)"'
USED = (rf"(?<![\w.])_\(\s*{TEXT}", rf"gettext\(\s*{TEXT}")


def used():
    sources = [*HERE.rglob("*.html"), *HERE.rglob("*.py")]
    return {text for path in sources for pattern in USED for text in re.findall(pattern, path.read_text("utf-8"))}


def translated(*packages):
    found = {}
    for package in packages or (marketry, marketry_catalog):
        po = (Path(package.__file__).parent / "locale" / "zh.po").read_text("utf-8")
        found |= dict(re.findall(rf"msgid {TEXT}\n(?:msgid_plural {TEXT[:1]}.*\n)?msgstr(?:\[0\])? {TEXT}", po))
    return found


def test_every_text_is_translated():
    assert {text for text in used() if not translated().get(text)} == set()


def test_translations_fill_the_same_places():
    places = re.compile(r"%\(\w+\)s")
    pairs = translated(marketry_catalog).items()
    odd = {text for text, chinese in pairs if text and set(places.findall(text)) != set(places.findall(chinese))}
    assert odd == set()

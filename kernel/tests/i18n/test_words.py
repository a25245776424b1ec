"""Every text of the kernel's and the default theme's pages has its Chinese, with the same places to fill."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

KERNEL = Path(str(files("marketry")))
ATELIER = Path(str(files("marketry_theme_atelier")))
TEXT = r'"((?:[^"\\]|\\.)*)"'
JOINED = re.compile(r'(?<!")"\s*\n\s*"(?!")')  # a text that goes on in the next line
USED = (rf"(?<![\w.])_\(\s*{TEXT}", rf"gettext\(\s*{TEXT}")
PLACES = re.compile(r"%\(\w+\)s")


def used(package: Path) -> set[str]:
    sources = [*package.rglob("*.html"), *package.rglob("*.txt"), *package.rglob("*.py")]
    texts = (re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL) for path in sources)
    joined = (JOINED.sub("", text) for text in texts)
    return {text for source in joined for pattern in USED for text in re.findall(pattern, source)}


def messages(package: Path) -> list[tuple[tuple[str, ...], str]]:
    """(its forms in English, its Chinese) of each."""
    with (package / "locale" / "zh.po").open("rb") as opened:
        found = [(m.id if isinstance(m.id, tuple) else (m.id,), m.string) for m in read_po(opened, locale="zh") if m.id]
    return [(english, zh[0] if isinstance(zh, tuple) else zh) for english, zh in found]


@pytest.mark.parametrize("package", [KERNEL, ATELIER], ids=["kernel", "atelier"])
def test_every_text_is_translated(package: Path) -> None:
    known = {english[0] for one in (KERNEL, package) for english, zh in messages(one) if zh}
    assert used(package) - known == set()


@pytest.mark.parametrize("package", [KERNEL, ATELIER], ids=["kernel", "atelier"])
def test_translations_fill_the_same_places(package: Path) -> None:
    pairs = [(english, zh, {place for form in english for place in PLACES.findall(form)}) for english, zh in messages(package)]
    assert [(english, zh) for english, zh, places in pairs if set(PLACES.findall(zh)) != places] == []

"""Every package speaks Chinese: what its code and templates say is in its own zh.po (or the kernel's), and nothing else is.

A text counts as said where it is marked (`_("…")`, `ctx.gettext("…")`) and where the back office translates it itself: title and
summary of a manifest, the labels of permissions, the titles, descriptions and choices of settings.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
# A call, and which of its arguments people read.
SHOWN = {
    "Permission": (1,),
    "Limit": (1,),
    "Plugin": ("title", "summary"),
    "Theme": (),
    "ConnectionTest": (1,),
    "Field": ("title", "description"),
}
PLACES = re.compile(r"%\(\w+\)s")


def packages() -> list[Path]:
    found = [ROOT / "kernel/src/marketry", *sorted(ROOT.glob("plugins/*/src/*/")), *sorted(ROOT.glob("themes/*/src/*/"))]
    return [folder for folder in [*found, *sorted(ROOT.glob("examples/*/src/*/"))] if (folder / "__init__.py").is_file()]


PACKAGES = packages()
KERNEL = PACKAGES[0]


@cache
def catalogue(folder: Path) -> dict[str, tuple[str, ...]]:
    """msgid → its forms in Chinese; empty where a package has no words of its own."""
    po = folder / "locale" / "zh.po"
    if not po.is_file():
        return {}
    with po.open("rb") as opened:
        found = [message for message in read_po(opened, locale="zh", abort_invalid=True) if message.id]
    return {
        m.id if isinstance(m.id, str) else m.id[0]: (m.string,) if isinstance(m.string, str) else tuple(m.string)
        for m in found
        if not m.fuzzy
    }


@cache
def trees(folder: Path) -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py")))


def shown(folder: Path) -> Iterator[str]:
    for tree in trees(folder):
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SHOWN:
                yield from _texts(call, SHOWN[call.func.id])
                yield from _choices(call)


def _texts(call: ast.Call, wanted: tuple[int | str, ...]) -> Iterator[str]:
    given: dict[int | str, ast.expr] = {**dict(enumerate(call.args)), **{str(k.arg): k.value for k in call.keywords}}
    for name in wanted:
        value = given.get(name)
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
            yield value.value


def _choices(call: ast.Call) -> Iterator[str]:
    """The words in `json_schema_extra={"choices": {"at_once": "As soon as it is paid"}}`."""
    for extra in (k.value for k in call.keywords if k.arg == "json_schema_extra"):
        for key, words in zip(extra.keys, extra.values, strict=True) if isinstance(extra, ast.Dict) else ():
            if isinstance(key, ast.Constant) and key.value == "choices":
                yield from ast.literal_eval(words).values()


@cache
def said(folder: Path) -> frozenset[str]:
    marked = (message for _, _, message, _, _ in extract_from_dir(folder, METHODS, keywords=KEYWORDS))
    texts = {message if isinstance(message, str) else message[0] for message in marked}
    return frozenset((texts | set(shown(folder))) - {""})


def written(folder: Path) -> set[str]:
    """Every text constant of the code: words that wait in a table to be translated."""
    return {n.value for tree in trees(folder) for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_what_a_package_says_is_translated(folder: Path) -> None:
    known = {text for one in (KERNEL, folder) for text, forms in catalogue(one).items() if all(forms)}
    assert sorted(said(folder) - known) == []


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_a_package_translates_nothing_that_it_does_not_say(folder: Path) -> None:
    templates = "\n".join(path.read_text("utf-8") for path in folder.rglob("templates/**/*") if path.is_file())
    spare = set(catalogue(folder)) - said(folder) - written(folder)
    derived = {text for text in spare if text.lower().replace(" ", "_") in written(folder) or _field(folder, text)}
    assert sorted(text for text in spare - derived if text.replace('"', '\\"') not in templates) == []


def _field(folder: Path, text: str) -> bool:
    """A label that a generated form derives from the name of a field."""
    name = text.lower().replace(" ", "_")
    return any(
        isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name) and n.target.id == name
        for tree in trees(folder)
        for n in ast.walk(tree)
    )


def test_no_two_packages_translate_one_text_differently() -> None:
    """A site merges the words of its plugins, and the last one wins: what means two things needs two texts."""
    forms: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for folder in PACKAGES:
        for text, said_in_chinese in catalogue(folder).items():
            forms[text].add(said_in_chinese)
    assert {text: sorted(several) for text, several in forms.items() if len(several) > 1} == {}


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_chinese_is_written_with_chinese_marks(folder: Path) -> None:
    half = re.compile("[\u4e00-\u9fff”）](?:[,:;?!](?!\\w)|[,(])|[,:;?!)][\u4e00-\u9fff“（]")
    assert [form for forms in catalogue(folder).values() for form in forms if half.search(form)] == []


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_translations_fill_the_same_places(folder: Path) -> None:
    wrong = [
        (text, form)
        for text, forms in catalogue(folder).items()
        for form in forms
        if not set(PLACES.findall(form)) <= {*PLACES.findall(text), "%(n)s"}
        or (set(PLACES.findall(text)) - set(PLACES.findall(form)))
    ]
    assert wrong == []

"""docs/operator.md names every setting that the code reads, and no other."""

import re
from configparser import RawConfigParser
from importlib.metadata import entry_points
from pathlib import Path

from marketry.cli.application import _names, kernel_application
from marketry.settings.reading import _LISTS, _WORDS, TABLES, read_site
from marketry.settings.session_hours import UNITS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operator.md").read_text()
KERNEL = ROOT / "kernel" / "src" / "marketry"
SOURCES = [path.read_text() for path in KERNEL.rglob("*.py")]
OPEN_TABLES = {"services"}  # their keys are the site's own


def table(name: str) -> list[list[str]]:
    """The rows of the table between the marks `name`, cells without backticks."""
    rows = PAGE.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0].strip().splitlines()[2:]
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]


def fields_read() -> set[str]:
    """`[table] field` for every field of the kernel's tables that some module looks up."""
    found = set()
    for text in SOURCES:
        found |= set(re.findall(r'\.table\("(\w+)"\)\.get\(\s*"(\w+)"', text)) | set(
            re.findall(r'\.listed\("(\w+)", "(\w+)"', text)
        )
        for owner in re.findall(r'settings = [\w.]+\.table\("(\w+)"\)', text):
            found |= {(owner, field) for field in re.findall(r'settings\.get\("(\w+)"', text)}
        for names in re.findall(r'names = \(("endpoint".*?)\)', text):  # what Bucket hands on
            found |= {("media", field) for field in re.findall(r'"(\w+)"', names)}
    found |= {("security", field) for field in UNITS}
    return {f"[{owner}] {field}" for owner, field in found}


def test_every_key_of_marketry_toml_is_explained_and_none_is_invented() -> None:
    named = {key for key, *_ in table("settings") if key}
    own = {*_WORDS, *_LISTS, "secret_key", "[settings.<plugin>]", *(f"[{name}]" for name in OPEN_TABLES)}
    assert named == own | fields_read()
    assert {key[1:].partition("]")[0] for key in fields_read()} | OPEN_TABLES == set(TABLES)


def test_every_variable_is_explained_and_none_is_invented() -> None:
    named = {variable for _, variable, *_ in table("settings") if variable}
    in_code = {name for text in SOURCES for name in re.findall(r"MARKETRY_(?!_)[A-Z]+(?:_[A-Z]+)*(?![A-Z_<])", text)}
    made = {f"MARKETRY_{key.upper()}" for key in (*_WORDS, *_LISTS)} | {"MARKETRY_SECRET_KEY"}
    fields = {f"MARKETRY_{key[1:].replace('] ', '__').upper()}" for key in fields_read()} - {"MARKETRY_HOOKS__ORDER"}
    short = {"MARKETRY_MAIL__SMTP_URL": "MARKETRY_SMTP_URL"}
    assert named - {"MARKETRY_<PLUGIN>__<FIELD>"} == in_code | made | {short.get(name, name) for name in fields}


def test_the_defaults_are_those_of_a_site_that_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "marketry.toml").write_text("")
    site = read_site(tmp_path, {})
    for key, _, default, _ in table("settings"):
        if key in (*_WORDS, *_LISTS):
            value = getattr(site, key)
            shown = ",".join(value) if isinstance(value, tuple) else value.replace(f"{tmp_path.resolve()}/", "")
            assert shown == default, key


def test_the_settings_of_each_plugin_are_named() -> None:
    members = {path.parent.name for path in ROOT.glob("[pt]*/*/pyproject.toml")}
    found = (point for group in ("marketry.plugins", "marketry.themes") for point in entry_points(group=group))
    manifests = [point.load() for point in found if point.name in members]
    assert len(manifests) == len(members)
    named = {key: {name for name in fields.split(", ") if name} for key, fields in table("plugin settings")}
    assert named == {f"[settings.{one.id}]": set(one.settings.model_fields) for one in manifests}


def test_the_units_start_commands_that_there_are() -> None:
    units = sorted((ROOT / "deploy").glob("*.service"))
    assert [unit.name for unit in units] == ["marketry-web.service", "marketry-worker@.service"]
    for unit in units:
        parsed = RawConfigParser(strict=False)
        parsed.optionxform = str  # type: ignore[assignment,method-assign]
        parsed.read_string(unit.read_text())
        assert parsed["Service"]["ExecStart"].split()[1] in _names(kernel_application())

"""ARCHITECTURE.md knows every room of the house, docs/adr/README.md every decision."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text()


def test_every_room_of_the_kernel_is_in_the_table() -> None:
    kernel = ROOT / "kernel" / "src" / "marketry"
    rooms = {f"{p.name}/" for p in kernel.iterdir() if (p / "__init__.py").exists()}
    rooms |= {p.name for p in kernel.glob("*.py") if p.name != "__init__.py"}
    named = {name for row in re.findall(r"^\| (`.+?) \|", PAGE, re.M) for name in re.findall(r"`([\w/.]+)`", row)}
    assert named == rooms


def test_every_package_is_where_the_page_says() -> None:
    packages = {str(p.parent.relative_to(ROOT)) + "/" for p in ROOT.glob("[pte]*/*/pyproject.toml")}
    assert {"plugins/orders/", "examples/giftnote/"} <= packages
    assert [package for package in sorted(packages) if package not in PAGE] == []


def test_every_decision_is_in_the_index() -> None:
    decisions = {p.name for p in (ROOT / "docs" / "adr").glob("[0-9]*.md")}
    assert set(re.findall(r"\]\((\d+[\w-]+\.md)\)", (ROOT / "docs" / "adr" / "README.md").read_text())) == decisions

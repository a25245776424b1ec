"""The guide for plugin authors quotes the example plugin as it is: who copies all blocks of a file has the file."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "giftnote"
BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.M | re.S)
WRITTEN_BY_COMMAND = {"src/marketry_giftnote/py.typed", "src/marketry_giftnote/migrations/0001_the_cards_to_write.py"}
LINKED = {"tests/test_pages.py"}


def quoted() -> dict[str, str]:
    """The files that the guide makes, by path: their blocks one after another."""
    parts = defaultdict(list)
    for path, text in BLOCK.findall((ROOT / "docs" / "plugin-author.md").read_text()):
        parts[path].append(text)
    return {path: "\n\n".join(blocks) for path, blocks in parts.items()}


def test_the_blocks_of_each_file_are_the_file() -> None:
    for path, text in quoted().items():
        assert text == (EXAMPLE / path).read_text(), path


def test_no_file_of_the_example_is_left_out() -> None:
    files = {str(p.relative_to(EXAMPLE)) for p in EXAMPLE.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert files - set(quoted()) == WRITTEN_BY_COMMAND | LINKED

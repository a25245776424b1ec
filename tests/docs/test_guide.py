"""The guide for plugin authors quotes the example plugin as it is: who copies all blocks of a file has the file."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```\w+ (file|coinbox)=(\S+)\n(.*?)^```$", re.M | re.S)
# By the word that its blocks carry: the package, what a command makes in it, and what the guide only links to.
EXAMPLES = {
    "file": (
        ROOT / "examples" / "giftnote",
        {"src/marketry_giftnote/py.typed", "src/marketry_giftnote/migrations/0001_the_cards_to_write.py"},
        {"tests/test_pages.py"},
    ),
    "coinbox": (ROOT / "examples" / "coinbox", {"src/marketry_coinbox/py.typed"}, {"README.md", "tests/conftest.py"}),
}


def quoted(word: str) -> dict[str, str]:
    """The files that the guide makes, by path: their blocks one after another."""
    parts = defaultdict(list)
    for said, path, text in BLOCK.findall((ROOT / "docs" / "plugin-author.md").read_text()):
        if said == word:
            parts[path].append(text)
    return {path: "\n\n".join(blocks) for path, blocks in parts.items()}


@pytest.mark.parametrize("word", EXAMPLES)
def test_the_blocks_of_each_file_are_the_file(word: str) -> None:
    example = EXAMPLES[word][0]
    assert len(quoted(word)) >= 8
    for path, text in quoted(word).items():
        assert text == (example / path).read_text(), path


@pytest.mark.parametrize("word", EXAMPLES)
def test_no_file_of_the_example_is_left_out(word: str) -> None:
    example, by_command, linked = EXAMPLES[word]
    files = {str(p.relative_to(example)) for p in example.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert files - set(quoted(word)) == by_command | linked

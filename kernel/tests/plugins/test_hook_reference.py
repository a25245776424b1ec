"""Every hook is documented as the reference promises, and has a user: a first-party plugin, a trial or an example."""

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from marketry.cli.hook_reference import described, hooks_in, main, reference
from marketry.hookspecs import MODULES
from marketry.plugins.markers import Failure, spec_of

ROOT = Path(__file__).parents[3]
HOOKS = [function for module in MODULES for function in hooks_in(module)]


def implemented() -> set[str]:
    """Names of functions marked @hookimpl in the plugin.py of any plugin of this repository."""
    found: set[str] = set()
    for path in ROOT.glob("*/**/src/*/plugin.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark) == "hookimpl" for mark in node.decorator_list):
                found.add(node.name)
    return found


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_a_hook_says_what_to_do_and_when_it_is_called(hook: Callable[..., Any]) -> None:
    text = inspect.cleandoc(hook.__doc__ or "")
    assert text[0].isupper()
    assert not text.split()[0].endswith("s"), "begin with an imperative: Return, Write, Say …"
    assert any(word in text for word in ("Called", "called", "runs after commit", "first answer wins"))


def test_every_hook_has_a_user() -> None:
    assert {hook.__name__ for hook in HOOKS} - implemented() == set()


def test_the_page_shows_each_hook_with_signature_text_and_policy() -> None:
    page = reference()
    for hook in HOOKS:
        told = described(hook)
        assert (
            f"### {told['name']}\n\n```python\n{told['signature']}\n```\n\n{told['documentation']}\n\n*{told['policy']}" in page
        )


def test_a_signature_reads_as_people_write_it() -> None:
    from marketry.hookspecs import goods, pricing

    assert described(goods.resolve_items)["signature"] == "resolve_items(ctx: Context, skus: Sequence[str]) -> Mapping[str, Item]"
    assert described(pricing.tax_lines)["signature"] == "tax_lines(ctx: Context, quote: Quote) -> Sequence[TaxLine] | None"
    assert spec_of(pricing.tax_lines).failure is Failure.CLOSED


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    assert main([str(tmp_path / "reference" / "hooks.md")]) == 0
    assert (tmp_path / "reference" / "hooks.md").read_text("utf-8") == reference()
    assert main([]) == 2

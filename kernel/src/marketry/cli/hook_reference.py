"""The reference of all hooks, made from their specs: `python -m marketry.cli.hook_reference docs/reference/hooks.md`."""

import inspect
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from marketry.hookspecs import MODULES
from marketry.plugins.markers import Failure, Spec, spec_of

POLICY = {
    Failure.CLOSED: "Fails closed: if a plugin raises, the request fails with an error that names it, and nothing is kept.",
    Failure.OPEN: "Fails open: a plugin that raises renders nothing, is logged, and is switched off after repeated failures.",
    Failure.BOOT: "Asked at boot: a plugin that raises is quarantined with its dependants; a critical one stops the boot.",
}
MODULE = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Z])")
HEAD = """# Hooks

Everything a plugin can do. Implement a hook by a function of the same name in your `plugin.py`, marked `@hookimpl`, with the
arguments you need. Plugins are asked dependencies first, then as `@order(before=…, after=…)` says, then as the merchant's
`[hooks.order]` says. This page is generated from `marketry/hookspecs/`: edit there.
"""


def described(function: Callable[..., Any]) -> dict[str, Any]:
    """Name, signature, documentation and failure policy of one hook."""
    spec = spec_of(function)
    return {
        "name": spec.name,
        "signature": f"{spec.name}{_signature(function)}",
        "documentation": inspect.cleandoc(function.__doc__ or ""),
        "failure": spec.failure.value,
        "first": spec.first,
        "policy": POLICY[spec.failure] + (" The first answer that isn't None wins." if spec.first else ""),
    }


def _signature(function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    arguments = ", ".join(f"{name}: {_type(one.annotation)}" for name, one in signature.parameters.items())
    return f"({arguments}) -> {_type(signature.return_annotation)}"


def _type(annotation: Any) -> str:
    """A type as people write it, without modules."""
    if isinstance(annotation, str):
        return annotation
    text = annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else str(annotation)
    return MODULE.sub("", text).replace("NoneType", "None").replace("'", "")


def hooks_in(module: ModuleType) -> list[Callable[..., Any]]:
    """The hooks that `module` declares, in the order of its text."""
    return [
        f
        for f in vars(module).values()
        if isinstance(getattr(f, "marketry_hook", None), Spec) and f.__module__ == module.__name__
    ]


def reference(modules: Sequence[ModuleType] = MODULES) -> str:
    """The whole page, in Markdown."""
    parts = [HEAD]
    for module in modules:
        parts.append(f"\n## {module.__name__.rpartition('.')[2]}\n\n{inspect.cleandoc(module.__doc__ or '')}\n")
        for function in hooks_in(module):
            told = described(function)
            parts.append(
                f"\n### {told['name']}\n\n```python\n{told['signature']}\n```\n\n{told['documentation']}\n\n*{told['policy']}*\n"
            )
    return "".join(parts)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m marketry.cli.hook_reference docs/reference/hooks.md\n")
        return 2
    path = Path(arguments[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(reference(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Plugins written inside a test: a manifest and functions, no package."""

from collections.abc import Callable
from typing import Any

from marketry.plugins.discovery import Installed
from marketry.plugins.manifest import Plugin
from marketry.plugins.markers import hookimpl


class Inline:
    """Stands where a package's `plugin.py` would."""

    def __init__(self, hooks: dict[str, Callable[..., Any]]) -> None:
        self.__dict__.update(hooks)


def inline_plugin(manifest: Plugin, *, version: str = "1.0.0", **hooks: Callable[..., Any]) -> Installed:
    """An installed plugin of `manifest` and `hooks` (name of the hook = function), for `boot(…, extra=[…])`."""
    for function in hooks.values():
        if not hasattr(function, "marketry_impl"):
            hookimpl(function)
    return Installed(manifest, Inline(hooks), version, f"inline-{manifest.id}")

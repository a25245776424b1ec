"""What a plugin author imports; nothing else is public but the modules that the guide names."""

from marketry.commerce.money import Money
from marketry.context import Context
from marketry.plugins.manifest import Limit, Permission, Plugin, Theme
from marketry.plugins.markers import hookimpl, order
from marketry.problems import Problem, Refused

API_VERSION = "1.0"

__all__ = [
    "API_VERSION", "Context", "Limit", "Money", "Permission", "Plugin", "Problem", "Refused", "Theme", "hookimpl", "order",
]  # fmt: skip

"""The two markers: `hookspec` declares a hook with its policy, `hookimpl` implements one."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ParamSpec, TypeVar

import pluggy

PROJECT = "marketry"
_spec = pluggy.HookspecMarker(PROJECT)
_impl = pluggy.HookimplMarker(PROJECT)
P = ParamSpec("P")
R = TypeVar("R")


class Failure(StrEnum):
    """What a plugin that raises does to the caller."""

    CLOSED = "closed"  # the request fails with an error that names the plugin; nothing half-done
    OPEN = "open"  # it renders nothing, is logged, and is switched off after repeated failures
    BOOT = "boot"  # the plugin is quarantined; a critical one stops the boot


@dataclass(frozen=True, slots=True)
class Spec:
    """What `@hookspec` says of a hook; kept on the function as `marketry_hook`."""

    name: str
    failure: Failure
    first: bool
    reverse: bool = False


def hookspec(failure: Failure, *, first: bool = False, reverse: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a hook. `first`: the first answer that is not None wins (per ref or line where the spec says so).

    `reverse`: dependants are asked before what they depend on (stopping).
    """

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        function.marketry_hook = Spec(function.__name__, failure, first, reverse)  # type: ignore[attr-defined]
        return _spec(function)

    return mark


def hookimpl(function: Callable[P, R] | None = None, **refused: Any) -> Any:
    """Mark a function of `plugin.py` as the implementation of the hook of the same name.

    There is one ordering mechanism, dependencies and `@order`; so wrappers, tryfirst and trylast are refused.
    """
    if refused or function is None:
        names = ", ".join(refused) or "parentheses"
        raise TypeError(f"@hookimpl takes no options (got {names}); use @order(before=…, after=…) to order hooks")
    return _impl(function)


def order(*, before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Place this implementation before or after those of other plugins (by id), where both are enabled."""

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        function.marketry_order = (tuple(before), tuple(after))  # type: ignore[attr-defined]
        return function

    return mark


def spec_of(function: Callable[..., Any]) -> Spec:
    """The hook that `function` declares; TypeError where it isn't marked `@hookspec`."""
    spec = getattr(function, "marketry_hook", None)
    if not isinstance(spec, Spec):
        raise TypeError(f"{getattr(function, '__qualname__', function)} is no hook: mark it with @hookspec")
    return spec

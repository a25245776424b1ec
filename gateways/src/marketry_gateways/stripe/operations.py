"""The table of what the API can do: each operation with its parameter type, found by method and path."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json, StripeRefusal


@dataclass(frozen=True)
class Call:
    """A request past the door: a desk, typed parameters, the id in the path ("" where there is none)."""

    desk: Desk
    params: Json
    id: str = ""


@dataclass(frozen=True)
class Operation:
    """One thing the API does. ``shape`` is the SDK's TypedDict of its parameters."""

    method: str
    pattern: str
    shape: Any
    act: Callable[[Call], Json]

    def matches(self, path: str) -> re.Match[str] | None:
        return re.fullmatch(self.pattern.replace("{id}", r"(?P<id>[^/]+)"), path)


OPERATIONS: list[Operation] = []


def operation(method: str, pattern: str, shape: Any) -> Callable[[Callable[[Call], Json]], Callable[[Call], Json]]:
    """Register a function as an operation."""

    def register(act: Callable[[Call], Json]) -> Callable[[Call], Json]:
        OPERATIONS.append(Operation(method, pattern, shape, act))
        return act

    return register


def find(method: str, path: str) -> tuple[Operation, str]:
    """The operation of a request and the id in its path. Raises what Stripe says of an unknown address."""
    for each in OPERATIONS:
        match = each.matches(path) if each.method == method else None
        if match:
            return each, match.groupdict().get("id") or ""
    message = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
    raise StripeRefusal(message, status=404)

"""Form-encoded bodies with nested names, read strictly: ``line_items[0][price_data][currency]=eur``."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from marketry_gateways.stripe.errors import Json, StripeRefusal

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")


def decode(text: str) -> Json:
    """Nested dicts and lists of strings; a name given twice, a name of two shapes and broken brackets are refused."""
    found: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict"):
        _put(found, _path(name), value, name)
    return {name: _lists(value) for name, value in found.items()}


def _path(name: str) -> list[str]:
    match = _NAME.match(name)
    if match is None:
        raise StripeRefusal(f"Invalid parameter name: {name}", param=name)
    return [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]


def _put(into: Json, path: list[str], value: str, name: str) -> None:
    *parents, last = path
    for step in parents:
        step = step or str(len(into))
        into = into.setdefault(step, {})
        if not isinstance(into, dict):
            raise StripeRefusal(f"Invalid object: {name}", param=name)
    last = last or str(len(into))
    if last in into:
        raise StripeRefusal(f"You provided the parameter {name} more than once.", param=name)
    into[last] = value


def _lists(value: object) -> object:
    """A dict whose names are 0, 1, 2 … is a list."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(child) for name, child in value.items()}

"""Requests held against the official SDK's own parameter types.

The TypedDicts in ``stripe.params`` are generated from Stripe's OpenAPI description of the pinned API version, so they
know every parameter's name, shape and choices. Their ``Literal[…] | str`` is a courtesy to SDK users on newer API
versions; the service accepts only the choices, and so do we.
"""

from __future__ import annotations

import re
import sys
from decimal import Decimal, InvalidOperation
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import typing_extensions
from stripe import _request_options

from marketry_gateways.stripe.errors import Json, StripeRefusal, missing

_OPTIONS = frozenset(_request_options.RequestOptions.__annotations__)


@cache
def _fields(shape: Any) -> dict[str, tuple[Any, bool]]:
    """Name → (type, required) of a TypedDict, without what the SDK keeps to itself (api_key, headers …)."""
    names = {"StripeContext": str, **vars(_request_options), **vars(sys.modules[shape.__module__])}
    hints = typing_extensions.get_type_hints(shape, localns=names, include_extras=True)
    found = {}
    for name, hint in hints.items():
        origin: Any = typing_extensions.get_origin(hint)
        optional = origin is typing_extensions.NotRequired
        found[name] = (get_args(hint)[0] if optional else hint, not optional)
    return {name: field for name, field in found.items() if name not in _OPTIONS}


def validate(given: Json, shape: Any) -> Json:
    """The request as typed values: integers, booleans and decimals parsed. Raises StripeRefusal in Stripe's words."""
    return _object(given, shape, "")


def _object(given: Any, shape: Any, where: str) -> Json:
    if not isinstance(given, dict):
        raise StripeRefusal("Invalid object", param=where)
    fields = _fields(shape)
    unknown = [_inside(where, name) for name in given if name not in fields]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        message = f"Received unknown parameter{plural}: {', '.join(unknown)}"
        raise StripeRefusal(message, code="parameter_unknown", param=unknown[0])
    for name, (_, required) in fields.items():
        if required and name not in given:
            raise missing(_inside(where, name))
    return {name: _value(value, fields[name][0], _inside(where, name)) for name, value in given.items()}


def _inside(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _value(given: Any, hint: Any, where: str) -> Any:
    options = _options(hint)
    choices = [choice for option in options if get_origin(option) is Literal for choice in get_args(option)]
    if isinstance(given, str):
        return _scalar(given, options, choices, where)
    for option in options:
        if isinstance(given, list) and get_origin(option) is list:
            (item,) = get_args(option)
            return [_value(each, item, f"{where}[{number}]") for number, each in enumerate(given)]
        if isinstance(given, dict) and typing_extensions.is_typeddict(option):
            return _object(given, option, where)
        if isinstance(given, dict) and get_origin(option) is dict:
            return {name: _entry(each, get_args(option)[1], f"{where}[{name}]") for name, each in given.items()}
    wanted = "array" if any(get_origin(option) is list for option in options) else _named(options)
    raise StripeRefusal(f"Invalid {wanted}", param=where)


def _entry(given: Any, hint: Any, where: str) -> Any:
    """A value of a map such as metadata, where an empty one unsets its key."""
    return "" if given == "" else _value(given, hint, where)


def _options(hint: Any) -> list[Any]:
    if _is_union(hint):
        return [option for part in get_args(hint) for option in _options(part)]
    return [hint]


def _is_union(hint: Any) -> bool:
    origin: object = get_origin(hint)
    return origin is Union or origin is UnionType


def _named(options: list[Any]) -> str:
    return "string" if any(option is str or get_origin(option) is Literal for option in options) else "object"


def _scalar(given: str, options: list[Any], choices: list[Any], where: str) -> Any:
    if given in choices:
        return given
    if int in options:
        return _integer(given, where)
    if bool in options:
        if given not in ("true", "false"):
            raise StripeRefusal(f"Invalid boolean: {given}", param=where)
        return given == "true"
    if Decimal in options or float in options:
        return _decimal(given, where)
    real = [choice for choice in choices if choice != ""]
    if real:
        raise StripeRefusal(f"Invalid {where}: must be one of {_one_of(real)}", param=where)
    if str not in options:
        raise StripeRefusal("Invalid array" if any(get_origin(o) is list for o in options) else "Invalid object", param=where)
    if given == "":
        raise _empty(where)
    return given


def _integer(given: str, where: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", given):
        raise StripeRefusal(f"Invalid integer: {given}", code="parameter_invalid_integer", param=where)
    return int(given)


def _decimal(given: str, where: str) -> Decimal:
    try:
        return Decimal(given)
    except InvalidOperation:
        raise StripeRefusal(f"Invalid decimal: {given}", param=where) from None


def _one_of(choices: list[str]) -> str:
    if len(choices) < 3:
        return " or ".join(choices)
    return f"{', '.join(choices[:-1])}, or {choices[-1]}"


def _empty(where: str) -> StripeRefusal:
    message = (
        f"You passed an empty string for '{where}'. We assume empty values are an attempt to unset a parameter; however"
        f" '{where}' cannot be unset. You should remove '{where}' from your request or supply a non-empty value."
    )
    return StripeRefusal(message, code="parameter_invalid_empty", param=where)

"""Plugins' own data on carts and lines: declared by `checkout_inputs`, checked by their schema, kept under plugin and key."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from marketry import Context
from marketry.commerce.cart import Cart, CartLine, Data
from marketry.commerce.checkout import Input, Scope
from marketry.hookspecs import checkout
from marketry.problems import Problem, Refused
from marketry.web.invalid import problems_of

LARGEST = 16_384  # characters of one value as JSON: a place for choices and short texts, not for files


def declared(ctx: Context, scope: Scope) -> tuple[Input, ...]:
    """What enabled plugins ask in this scope, in hook order."""
    return tuple(i for i in ctx.runtime.collected(checkout.checkout_inputs) if i.scope is scope)


def asked(ctx: Context, scope: Scope, cart: Cart, line: CartLine | None = None) -> list[Input]:
    """Those that apply to this cart or line."""
    return [i for i in declared(ctx, scope) if i.applies(cart, line)]


def find(ctx: Context, scope: Scope, plugin: str, key: str) -> Input | None:
    return next((i for i in declared(ctx, scope) if i.plugin == plugin and i.key == key), None)


def checked(ctx: Context, declared_input: Input, value: object, field: str, *, strict: bool = True) -> Any:
    """`value` as JSON after the schema's validation. `strict`: it came as JSON, where a number is no text, but days, times and
    exact decimals can only be written as texts. False: it came from a form, where everything is text."""
    schema = declared_input.schema
    try:
        parsed = (
            schema.model_validate_json(json.dumps(value), strict=True) if strict else schema.model_validate(value, strict=False)
        )
    except ValidationError as error:
        problems = problems_of(ctx, error.errors(include_url=False))
        raise Refused(*(_below(field, p, declared_input.plugin) for p in problems)) from None
    if len(parsed.model_dump_json()) > LARGEST:
        message = ctx.gettext("This is too long.")
        raise Refused(Problem("too_long", message, field, declared_input.plugin))
    return parsed.model_dump(mode="json")


def _below(field: str, problem: Problem, plugin: str) -> Problem:
    inner = "" if problem.field in (None, "body") else f"/{problem.field}"
    return Problem(problem.code, problem.message, field + inner, plugin, problem.status)


def checked_line_inputs(
    ctx: Context, given: Mapping[str, Mapping[str, object]], *, strict: bool = True
) -> dict[str, dict[str, Any]]:
    """All inputs of a line, {plugin: {key: value}}; one that nobody declared is refused."""
    result: dict[str, dict[str, Any]] = {}
    for plugin, keys in given.items():
        for key, value in keys.items():
            field = f"inputs/{plugin}/{key}"
            declared_input = find(ctx, Scope.LINE, plugin, key)
            if declared_input is None:
                raise unknown(ctx, field)
            if value is not None:
                result.setdefault(plugin, {})[key] = checked(ctx, declared_input, value, field, strict=strict)
    return result


def unknown(ctx: Context, field: str) -> Refused:
    return Refused(Problem("input_unknown", ctx.gettext("Nobody asks for this here."), field))


def with_value(data: Data, plugin: str, key: str, value: Any) -> dict[str, dict[str, Any]]:
    """`data` with one value set, or taken away where it is None."""
    result = {p: dict(keys) for p, keys in data.items()}
    result.setdefault(plugin, {})[key] = value
    if value is None:
        del result[plugin][key]
    return {p: keys for p, keys in result.items() if keys}

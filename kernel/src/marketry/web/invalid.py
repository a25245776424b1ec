"""Validation errors of pydantic as problems: one per field, named by its path, worded for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from marketry.context import Context
from marketry.problems import Problem

LIMIT = 20  # problems told at once; a flood of wrong fields doesn't make a flood of an answer


def problems_of(ctx: Context, errors: Iterable[Mapping[str, Any]], *, separator: str = "/") -> list[Problem]:
    """One problem per wrong field, at most 20, with paths like `lines/0/quantity`."""
    problems: dict[str, Problem] = {}
    for error in errors:
        field = separator.join(str(part)[:80] for part in error["loc"]) or "body"
        problems.setdefault(field, Problem(_code(error["type"]), _message(ctx, error), field))
        if len(problems) == LIMIT:
            break
    return list(problems.values())


def _code(kind: str) -> str:
    return "required" if kind == "missing" else kind


def _message(ctx: Context, error: Mapping[str, Any]) -> str:
    kind, values = error["type"], error.get("ctx") or {}
    _ = ctx.gettext
    match kind:
        case "missing":
            return _("This is required.")
        case "extra_forbidden":
            return _("There is no such field here.")
        case "string_too_short":
            if values.get("min_length") == 1:
                return _("This is required.")
            return _("Please enter at least %(n)s characters.", n=values["min_length"])
        case "string_too_long":
            return _("Please enter at most %(n)s characters.", n=values["max_length"])
        case "too_long":
            return _("Please give at most %(n)s entries.", n=values["max_length"])
        case "too_short":
            return _("Please give at least %(n)s entries.", n=values["min_length"])
        case "greater_than_equal" | "greater_than":
            return _("This must be at least %(n)s.", n=_lowest(kind, values))
        case "less_than_equal" | "less_than":
            return _("This must be at most %(n)s.", n=_highest(kind, values))
        case "string_pattern_mismatch":
            return _("This doesn't have the expected form.")
        case "string_type":
            return _("Please give a text.")
        case "list_type" | "tuple_type" | "set_type":
            return _("Please give a list.")
        case "model_type" | "model_attributes_type" | "dict_type":
            return _("Please give an object with named fields.")
        case "bool_parsing" | "bool_type":
            return _("Please give true or false.")
        case "enum" | "literal_error":
            return _("Please choose one of: %(choices)s.", choices=values["expected"])
        case "value_error":
            return _(str(values.get("error", "")) or "This is not valid.")
        case "json_invalid":
            return _("The JSON could not be read.")
    if kind.startswith(("int_", "decimal_", "float_", "finite_")):
        return _("Please give a whole number.") if kind.startswith("int_") else _("Please give a number.")
    return str(error["msg"])


def _lowest(kind: str, values: Mapping[str, Any]) -> Any:
    """Whole numbers greater than n are at least n + 1."""
    return values["ge"] if kind == "greater_than_equal" else _shifted(values["gt"], 1)


def _highest(kind: str, values: Mapping[str, Any]) -> Any:
    return values["le"] if kind == "less_than_equal" else _shifted(values["lt"], -1)


def _shifted(bound: Any, by: int) -> Any:
    return bound + by if isinstance(bound, int) else bound

"""Forms for plugins' inputs, generated from their schemas: what kind of control each field needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from marketry import Context
from marketry.commerce.cart import Cart, CartLine
from marketry.commerce.checkout import Input, Scope
from marketry_orders.inputs import asked

LONG = 200  # characters from which on a text gets several rows


@dataclass(frozen=True, slots=True)
class Control:
    """One control: `kind` is text, area, number, date, time, check or choice (then `options` are (value, label))."""

    name: str
    label: str
    kind: str
    value: Any
    hint: str = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    attrs: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class InputForm:
    """One input: its own `template` draws it where it has one, else its `controls`. `name` prefixes their names."""

    input: Input
    name: str
    label: str
    value: Mapping[str, Any] | None
    controls: tuple[Control, ...]

    @property
    def template(self) -> str | None:
        return self.input.template


def input_forms(ctx: Context, scope: Scope, cart: Cart, line: CartLine | None = None) -> list[InputForm]:
    """The forms that are asked for on this cart or line, filled with what was answered before."""
    data = line.data if line else cart.data
    return [input_form(ctx, one, data.get(one.plugin, {}).get(one.key)) for one in asked(ctx, scope, cart, line)]


def input_form(ctx: Context, one: Input, value: Mapping[str, Any] | None) -> InputForm:
    name = f"inputs.{one.plugin}.{one.key}"
    fields = one.schema.model_fields.items()
    controls = tuple(_control(ctx, f"{name}.{key}", key, field, (value or {}).get(key), one.required) for key, field in fields)
    return InputForm(one, name, ctx.gettext(one.label), value, controls)


def _control(ctx: Context, name: str, key: str, field: FieldInfo, value: Any, asked_for: bool) -> Control:
    label = ctx.gettext(field.title or key.replace("_", " ").capitalize())
    hint = ctx.gettext(field.description) if field.description else ""
    kind, options = _kind(_plain(field.annotation))
    longest = next((m.max_length for m in field.metadata if getattr(m, "max_length", None)), None)
    if kind == "text" and longest and longest > LONG:
        kind = "area"
    attrs = (("maxlength", longest),) if longest and kind in ("text", "area") else ()
    shown = value if value is not None else "" if field.is_required() or field.default is None else field.default
    translated = tuple((code, ctx.gettext(text)) for code, text in options)
    return Control(name, label, kind, shown, hint, asked_for and field.is_required(), translated, attrs)


def _plain(annotation: Any) -> Any:
    """The type without Optional and Annotated."""
    if get_origin(annotation) in (Union, UnionType):
        inner = [one for one in get_args(annotation) if one is not type(None)]
        return _plain(inner[0]) if len(inner) == 1 else str
    return annotation


def _kind(annotation: Any) -> tuple[str, Sequence[tuple[str, str]]]:
    if get_origin(annotation) is Literal:
        return "choice", [(str(one), str(one).replace("_", " ").capitalize()) for one in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "choice", [(str(one.value), one.name.replace("_", " ").capitalize()) for one in annotation]
    kinds = {bool: "check", int: "number", float: "number", date: "date", time: "time"}
    return kinds.get(annotation, "text"), ()


def answers(nested: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """What a form sent under `inputs`, by (plugin, key); an answer with nothing in it is None."""
    found = {}
    for plugin, keys in nested.items():
        for key, value in (keys if isinstance(keys, Mapping) else {}).items():
            filled = {k: v for k, v in value.items() if v != ""} if isinstance(value, Mapping) else value
            found[plugin, key] = filled or None
    return found

"""What kind of control each field of a pydantic schema needs, for forms that are generated (`f.control` draws one)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from marketry.context import Context

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


def controls_of(
    ctx: Context, schema: type[BaseModel], prefix: str, values: Mapping[str, Any], *, asked_for: bool = True
) -> tuple[Control, ...]:
    """A control per field of `schema`, named `<prefix>.<field>` and filled from `values`. A title or description of a field
    is translated. Unless `asked_for`, all may stay empty."""
    fields = schema.model_fields.items()
    return tuple(_control(ctx, f"{prefix}.{key}", key, field, values.get(key), asked_for) for key, field in fields)


def _control(ctx: Context, name: str, key: str, field: FieldInfo, value: Any, asked_for: bool) -> Control:
    label = ctx.gettext(field.title or key.replace("_", " ").capitalize())
    hint = ctx.gettext(field.description) if field.description else ""
    kind, options = _kind(_plain(field.annotation), field)
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


def choices_of(annotation: Any, field: FieldInfo) -> tuple[tuple[str, str], ...]:
    """(value, English words) per choice of a `Literal` or an Enum, to be translated; empty for any other type.

    The words are what `Field(json_schema_extra={"choices": {"at_once": "As soon as it is paid"}})` says, else the value itself
    ("At once"), or an Enum's name of it.
    """
    if get_origin(annotation) is Literal:
        codes = [(str(one), str(one)) for one in get_args(annotation)]
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        codes = [(str(one.value), one.name) for one in annotation]
    else:
        return ()
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    said = extra.get("choices")
    words = said if isinstance(said, dict) else {}
    return tuple((code, str(words.get(code) or name.replace("_", " ").capitalize())) for code, name in codes)


def _kind(annotation: Any, field: FieldInfo) -> tuple[str, Sequence[tuple[str, str]]]:
    if choices := choices_of(annotation, field):
        return "choice", choices
    kinds = {bool: "check", int: "number", float: "number", date: "date", time: "time"}
    return kinds.get(annotation, "text"), ()

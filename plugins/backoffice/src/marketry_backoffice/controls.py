"""A form out of a pydantic schema: which control each field gets, and what the browser sent back as values for it.

Names of inputs are paths (`bank_accounts.0.holder`). Tables (dicts, and lists of models) are rows with some spare ones, so
that they can be filled without JavaScript; a row whose inputs are all empty is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from marketry.web.controls import choices_of

LONG = 200  # characters from which a text gets several lines
KEY = "_key"


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105 - a kind of control
    LINES = "lines"
    GROUP = "group"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Control:
    """One field. `options` (value, English words) of a choice; `parts` of a group or a row; `keyed`: rows of a dict.

    `scalar` rows have a single part whose value stands for the row. A schema names the columns of a dict by
    `Field(json_schema_extra={"key_title": "Currency", "value_title": "Amount"})`.
    """

    name: str
    kind: Kind
    title: str
    description: str = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    parts: tuple["Control", ...] = ()
    keyed: bool = False
    key_title: str = "Key"
    scalar: bool = False
    item: Kind = Kind.TEXT


def controls_of(schema: type[BaseModel]) -> tuple[Control, ...]:
    """A control for each field of `schema`, in order, but those with a page of their own (`json_schema_extra={"page": …}`)."""
    fields = schema.model_fields.items()
    return tuple(_control(name, field) for name, field in fields if "page" not in _extra(field))


def _extra(field: FieldInfo) -> Mapping[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _control(name: str, field: FieldInfo) -> Control:
    title = field.title or name.replace("_", " ").capitalize()
    made = _of_type(name, field.annotation, title, _max_length(field.metadata), field)
    extra = _extra(field)
    if made.keyed:
        value = replace(made.parts[0], title=str(extra.get("value_title", "Value"))) if made.scalar else None
        made = replace(made, key_title=str(extra.get("key_title", "Key")), parts=(value,) if value else made.parts)
    required = field.is_required() or (made.kind in (Kind.WHOLE, Kind.CHOICE) and field.default not in (None, PydanticUndefined))
    return replace(made, description=field.description or "", required=required and made.kind is not Kind.FLAG)


def _of_type(name: str, annotation: Any, title: str, max_length: int | None, field: FieldInfo) -> Control:
    bare, length = _bare(annotation)
    origin, arguments = get_origin(bare), get_args(bare)
    if choices := choices_of(bare, field):
        return Control(name, Kind.CHOICE, title, options=choices)
    if origin in (list, tuple, set, frozenset, Sequence):
        return _of_list(name, arguments[0] if arguments else str, title)
    if origin in (dict, Mapping):
        return _of_dict(name, arguments[1], title, field)
    if isinstance(bare, type):
        if issubclass(bare, BaseModel):
            return Control(name, Kind.GROUP, title, parts=controls_of(bare))
        if bare in _SIMPLE:
            return Control(name, _SIMPLE[bare], title)
    long = (max_length or length or 0) >= LONG
    return Control(name, Kind.LONG_TEXT if long else Kind.TEXT, title)


_SIMPLE = {bool: Kind.FLAG, int: Kind.WHOLE, float: Kind.NUMBER, SecretStr: Kind.SECRET}


def _of_list(name: str, item: Any, title: str) -> Control:
    bare, _ = _bare(item)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return Control(name, Kind.ROWS, title, parts=controls_of(bare))
    return Control(name, Kind.LINES, title, item=_SIMPLE.get(bare, Kind.TEXT))


def _of_dict(name: str, item: Any, title: str, field: FieldInfo) -> Control:
    bare, _ = _bare(item)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return Control(name, Kind.ROWS, title, parts=controls_of(bare), keyed=True)
    return Control(name, Kind.ROWS, title, parts=(_of_type("value", item, "Value", None, field),), keyed=True, scalar=True)


def _bare(annotation: Any) -> tuple[Any, int | None]:
    """The type without Annotated and without None, and the maximal length that Annotated said."""
    length = None
    while get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
        length = _max_length(metadata) or length
    if get_origin(annotation) in (Union, UnionType):
        inner = [one for one in get_args(annotation) if one is not NoneType]
        return _bare(inner[0]) if inner else (str, None)
    return annotation, length


def _max_length(metadata: Sequence[Any]) -> int | None:
    return next((m for m in (getattr(one, "max_length", None) for one in metadata) if m), None)


# --- values to inputs -------------------------------------------------------------------------------------------------
def inputs_of(controls: Sequence[Control], values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The texts of the inputs for `values` (JSON, as `model_dump(mode="json")` gives it); secrets are left out."""
    inputs: dict[str, str] = {}
    for control in controls:
        _put(inputs, control, prefix + control.name, values.get(control.name))
    return inputs


def _put(inputs: dict[str, str], control: Control, name: str, value: Any) -> None:
    if control.kind is Kind.SECRET or value is None:
        return
    if control.kind is Kind.GROUP:
        inputs |= inputs_of(control.parts, value, f"{name}.")
    elif control.kind is Kind.ROWS:
        entries = value.items() if control.keyed else enumerate(value)
        for number, (key, entry) in enumerate(entries):
            row = f"{name}.{number}."
            if control.keyed:
                inputs[row + KEY] = str(key)
            inputs |= inputs_of(control.parts, {"value": entry} if control.scalar else entry, row)
    elif control.kind is Kind.LINES:
        inputs[name] = "\n".join(map(str, value))
    elif control.kind is Kind.FLAG:
        inputs[name] = "1" if value else ""
    else:
        inputs[name] = str(value)


# --- inputs to values -------------------------------------------------------------------------------------------------
def values_of(controls: Sequence[Control], inputs: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """What the browser sent, as values to validate: numbers where texts are numbers, else the text for the schema to refuse.

    An empty secret is left out: it stays as it is. So is an empty number.
    """
    values: dict[str, Any] = {}
    for control in controls:
        name = prefix + control.name
        if control.kind is Kind.GROUP:
            values[control.name] = values_of(control.parts, inputs, f"{name}.")
        elif control.kind is Kind.ROWS:
            values[control.name] = _rows(control, inputs, name)
        elif control.kind is Kind.FLAG:
            values[control.name] = bool(inputs.get(name))
        elif control.kind is Kind.LINES:
            lines = (line.strip() for line in inputs.get(name, "").splitlines())
            values[control.name] = [_typed(control.item, line) for line in lines if line]
        elif inputs.get(name) or control.kind in (Kind.TEXT, Kind.LONG_TEXT):
            values[control.name] = _typed(control.kind, inputs.get(name, ""))
    return values


def _rows(control: Control, inputs: Mapping[str, str], name: str) -> Any:
    rows = []
    for row in row_names(inputs, name):
        if any(text.strip() for key, text in inputs.items() if key.startswith(f"{row}.")):
            entry = values_of(control.parts, inputs, f"{row}.")
            rows.append((inputs.get(f"{row}.{KEY}", "").strip(), entry.get("value") if control.scalar else entry))
    return dict(rows) if control.keyed else [entry for _, entry in rows]


def row_names(inputs: Mapping[str, str], name: str) -> list[str]:
    """`bank_accounts.0`, `bank_accounts.1` …: the rows of a table that the inputs speak of, in order."""
    start = len(name) + 1
    numbers = {key[start:].partition(".")[0] for key in inputs if key.startswith(f"{name}.")}
    return [f"{name}.{number}" for number in sorted((n for n in numbers if n.isdecimal() and len(n) < 6), key=int)]


def spare_rows(inputs: Mapping[str, str], control: Control, name: str) -> list[str]:
    """Names for the empty rows at the end of a table: two where a row is short, else one."""
    known = row_names(inputs, name)
    start = int(known[-1].rpartition(".")[2]) + 1 if known else 0
    return [f"{name}.{number}" for number in range(start, start + (2 if control.scalar else 1))]


def _typed(kind: Kind, text: str) -> Any:
    text = text.strip() if kind not in (Kind.LONG_TEXT, Kind.SECRET) else text.replace("\r\n", "\n")
    try:
        if kind is Kind.WHOLE:
            return int(text) if text.isascii() and len(text) < 20 else text
        if kind is Kind.NUMBER:
            return float(text)
    except ValueError:
        return text
    return text

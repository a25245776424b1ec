"""A form out of the fields of a kind of section, and the fields out of what the form sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from marketry import Context, Problem, Refused
from marketry.web import FormValues
from marketry.web.invalid import problems_of


@dataclass(frozen=True, slots=True)
class SectionControl:
    """One field: `kind` is words, text, picture, category, lines, link, line, number, switch or choice (`options` are codes)."""

    name: str
    kind: str
    label: str
    hint: str
    options: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None


def controls_of(ctx: Context, schema: type[BaseModel]) -> list[SectionControl]:
    return [_control(ctx, name, field) for name, field in schema.model_fields.items()]


def _control(ctx: Context, name: str, field: FieldInfo) -> SectionControl:
    bounds = {key: getattr(part, key) for part in field.metadata for key in ("ge", "le") if getattr(part, key, None) is not None}
    label = ctx.gettext(field.title or name.replace("_", " ").capitalize())
    hint = ctx.gettext(field.description) if field.description else ""
    options = tuple(map(str, get_args(field.annotation))) if get_origin(field.annotation) is Literal else ()
    return SectionControl(name, _kind(field), label, hint, options, bounds.get("ge"), bounds.get("le"))


def _kind(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "control" in extra:
        return str(extra["control"])
    if get_origin(field.annotation) is Literal:
        return "choice"
    return {bool: "switch", int: "number"}.get(field.annotation, "line")  # type: ignore[arg-type]


def values_in(ctx: Context, schema: type[BaseModel], form: FormValues) -> dict[str, Any]:
    """The fields as JSON. Refuses with a problem per wrong field."""
    typed = {control.name: _typed(ctx, control, form) for control in controls_of(ctx, schema)}
    try:
        return schema.model_validate(typed).model_dump(mode="json")
    except ValidationError as error:
        raise Refused(*problems_of(ctx, error.errors(include_url=False), separator=".")) from None


def _typed(ctx: Context, control: SectionControl, form: FormValues) -> Any:
    name = control.name
    match control.kind:
        case "words" | "text":
            said = {locale: form.get(f"{name}.{locale}").strip() for locale in ctx.site.locales}
            return {locale: text for locale, text in said.items() if text}
        case "lines":
            return [line.strip() for line in form.get(name).splitlines() if line.strip()]
        case "switch":
            return bool(form.get(name))
        case "picture":
            return _picture(ctx, name, form)
    return form.get(name).strip()


def _picture(ctx: Context, name: str, form: FormValues) -> str:
    """The upload, where there is one, else the choice; a name that the media store couldn't have given is refused."""
    upload = form.files.get(f"{name}.file")
    if upload is not None:
        with upload.file:
            return ctx.media.store(upload.file.read(), upload.filename or "")
    chosen = form.get(name).strip()
    if chosen:
        try:
            ctx.media.size(chosen)
        except ValueError:
            raise Refused(Problem("unknown_picture", ctx.gettext("Choose a picture."), name)) from None
    return chosen


def inputs_for(ctx: Context, schema: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of the inputs for stored values, with the schema's defaults for what isn't stored."""
    inputs: dict[str, Any] = {}
    for control in controls_of(ctx, schema):
        value = values.get(control.name, schema.model_fields[control.name].get_default(call_default_factory=True))
        if control.kind in ("words", "text"):
            inputs |= {f"{control.name}.{locale}": (value or {}).get(locale, "") for locale in ctx.site.locales}
        elif control.kind == "lines":
            inputs[control.name] = "\n".join(value or ())
        else:
            inputs[control.name] = value
    return inputs

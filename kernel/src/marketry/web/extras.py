"""Fields that plugins add to an entity of another plugin (`extend_entity`): their forms, and what was typed into one.

The owner of the entity stores the values in its column `extra`, per plugin; a plugin that is not enabled keeps its part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from marketry.context import Context
from marketry.hookspecs.admin import extend_entity
from marketry.problems import Refused, not_found
from marketry.web.controls import Control, controls_of
from marketry.web.forms import FormValues
from marketry.web.invalid import problems_of

Extra = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ExtraForm:
    """One plugin's fields, filled. The names of the controls are `extra.<plugin>.<field>`."""

    plugin: str
    title: str
    controls: tuple[Control, ...]

    @property
    def rows(self) -> Sequence[tuple[str, Any]]:
        """Label and value of what is filled in, for those who may only read."""
        return [(c.label, dict(c.options).get(str(c.value), c.value)) for c in self.controls]


def extra_forms(ctx: Context, entity: str, extra: Extra, typed: Mapping[str, str] | None = None) -> list[ExtraForm]:
    """A form for each plugin that extends `entity`, filled from `extra`; one that was sent, with what was `typed` into it."""
    return [_form(ctx, plugin, schema, extra.get(plugin, {}), typed or {}) for plugin, schema in _schemas(ctx, entity)]


def _form(ctx: Context, plugin: str, schema: type[BaseModel], stored: Mapping[str, Any], typed: Mapping[str, str]) -> ExtraForm:
    prefix = f"extra.{plugin}"
    was_sent = any(name.startswith(f"{prefix}.") for name in typed)
    values = {key: typed.get(f"{prefix}.{key}", "") for key in schema.model_fields} if was_sent else stored
    title = ctx.runtime.plugins.known[plugin].manifest.title
    return ExtraForm(plugin, ctx.gettext(title), controls_of(ctx, schema, prefix, values))


def extra_values(ctx: Context, entity: str, plugin: str, form: FormValues) -> dict[str, Any]:
    """What was typed into the form of `plugin`, as JSON to store under `extra[plugin]`; an empty field takes its default.

    Raises Refused: 404 where no such plugin extends `entity`, else a problem per wrong field, signed by the plugin.
    """
    schema = dict(_schemas(ctx, entity)).get(plugin)
    if schema is None:
        raise not_found(ctx.gettext("No plugin of this name adds anything here."))
    try:
        return schema.model_validate(_sent(ctx, schema, f"extra.{plugin}", form), strict=False).model_dump(mode="json")
    except ValidationError as error:
        errors = [{**one, "loc": ("extra", plugin, *one["loc"])} for one in error.errors(include_url=False)]
        raise Refused(*(problem.by(plugin) for problem in problems_of(ctx, errors, separator="."))) from None


def _sent(ctx: Context, schema: type[BaseModel], prefix: str, form: FormValues) -> dict[str, Any]:
    """What is filled in; a box that isn't ticked says no."""
    controls = zip(schema.model_fields, controls_of(ctx, schema, prefix, {}), strict=True)
    typed = {key: (control.kind, form.get(control.name).strip()) for key, control in controls}
    return {key: bool(text) if kind == "check" else text for key, (kind, text) in typed.items() if text or kind == "check"}


def _schemas(ctx: Context, entity: str) -> list[tuple[str, type[BaseModel]]]:
    return [(answer.plugin, answer.value) for answer in ctx.hooks.each(extend_entity, entity) if answer.value is not None]

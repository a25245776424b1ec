"""The settings of one plugin: merged from all layers and validated by its schema."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from marketry.settings.site import Site
from marketry.settings.stored import Stored


@dataclass(frozen=True, slots=True)
class Effective:
    """A validated settings object, and which layer gave each field (`default`, `marketry.toml`, `database`, `environment`)."""

    value: BaseModel
    origin: Mapping[str, str]


class BadSettings(ValueError):
    """The merged settings don't fit the schema; the message lists each field, its layer and what is wrong."""

    def __init__(self, plugin: str, error: ValidationError, origin: Mapping[str, str], known: Collection[str] = ()) -> None:
        found = error.errors(include_input=False)
        self.fields = {".".join(map(str, one["loc"])) or "settings": one["msg"] for one in found}
        strangers = [
            name for one in found if one["type"] == "extra_forbidden" and (name := ".".join(map(str, one["loc"]))) in origin
        ]
        self.fields |= {name: f"there is no such setting{_did_you_mean(name, known)}" for name in strangers}
        told = "; ".join(f"{name} ({_layer(origin, name)}): {message}" for name, message in self.fields.items())
        super().__init__(f"its settings are wrong: {told}")
        first = next(iter(self.fields)).partition(".")[0]
        if first in strangers:
            self.mend = f"Correct or remove {first}. Settings there are: {', '.join(known) or 'none'}."
            return
        self.mend = (
            f"Set {first} on the plugin's settings page, in [settings.{plugin}] of marketry.toml, "
            f"or as MARKETRY_{plugin.upper()}__{first.upper()}."
        )


def _did_you_mean(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f". Did you mean {near[0]}?" if near else ""


def _layer(origin: Mapping[str, str], field: str) -> str:
    """Which layer gave the field that is wrong; a default is never wrong, so then none did."""
    layer = origin.get(field.partition(".")[0], "default")
    return "not set" if layer == "default" else layer


def effective(plugin: str, schema: type[BaseModel], site: Site, stored: Stored) -> Effective:
    """The settings of `plugin`: defaults < TOML < database < environment. BadSettings where they don't validate."""
    origin = dict.fromkeys(schema.model_fields, "default")
    origin.update({name: title for title, layer in _layers(plugin, schema, site, stored) for name in layer})
    try:
        return Effective(schema.model_validate(layered(plugin, schema, site, stored)), origin)
    except ValidationError as error:
        raise BadSettings(plugin, error, origin, schema.model_fields) from None


def layered(plugin: str, schema: type[BaseModel], site: Site, stored: Stored) -> dict[str, Any]:
    """The fields that some layer sets, not yet validated."""
    return {name: value for _, layer in _layers(plugin, schema, site, stored) for name, value in layer.items()}


def _layers(plugin: str, schema: type[BaseModel], site: Site, stored: Stored) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return (
        ("marketry.toml", site.settings.get(plugin, {})),
        ("database", stored.of(plugin)),
        ("environment", _from_texts(schema, site.environment.get(plugin, {}))),
    )


def is_secret(field: FieldInfo) -> bool:
    """Whether a field holds a secret: SecretStr, or a union with it."""
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)


def _from_texts(schema: type[BaseModel], texts: Mapping[str, str]) -> dict[str, Any]:
    """Environment variables are texts: those of fields that aren't texts are read as JSON where they are JSON."""
    return {name: _from_text(schema.model_fields.get(name), text) for name, text in texts.items()}


def _from_text(field: FieldInfo | None, text: str) -> Any:
    if field is None or is_secret(field) or field.annotation is str:
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text

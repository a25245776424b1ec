"""A plugin's manifest: who it is, what it needs, what it may ask of staff. Importing it imports no models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Permission:
    """`code` is `<plugin>.<resource>.read|write`; `label` is what staff read in the role editor."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a permission reaches, as each role says it: `code` is `<plugin>.<what>` (`orders.refund`), `title` is what staff
    read in the role editor. `kind` is `money`: an amount per currency, in minor units. Asked with `ctx.demand_limit`."""

    code: str
    title: str
    kind: Literal["money"] = "money"


class NoSettings(BaseModel):
    """Settings of a plugin that has none."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """The manifest. `id` = entry point name = prefix of its tables, permissions, URLs, templates and settings.

    `api` is a PEP 440 range of the hook API it was written for, `requires` maps plugin ids to version ranges, `after`
    orders hooks without requiring. `models` is the dotted module with its tables; empty: none. `hookspecs` is the dotted
    module with hooks of its own, all named `<id>_…`. `critical`: the site refuses to start without it.
    `in_safe_mode`: it still runs under MARKETRY_SAFE_MODE=1 (the staff shell). `csp` adds sources per directive,
    `declares_slots` names the slots its templates draw, each with what it is for and its arguments.
    """

    id: str
    title: str
    summary: str = ""
    api: str = ">=1,<2"
    requires: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    settings: type[BaseModel] = NoSettings
    permissions: tuple[Permission, ...] = ()
    limits: tuple[Limit, ...] = ()
    models: str = ""
    hookspecs: str = ""
    critical: bool = False
    in_safe_mode: bool = False
    csp: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    declares_slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: `package` holds `templates/`, `static/` and `locale/`; `parent` is the theme it inherits from."""

    id: str
    title: str
    package: str
    parent: str | None = None
    settings: type[BaseModel] = NoSettings

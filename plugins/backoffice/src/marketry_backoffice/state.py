"""What runs here: versions, health, schedules, tables' revisions."""

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from marketry.database.tables import PluginSchema
from marketry.jobs.tables import ScheduleRow
from marketry.plugins.discovery import find
from marketry.web.values import HealthReport
from marketry_backoffice.reports import reports_by_plugin

if TYPE_CHECKING:
    from marketry import Context


@dataclass(frozen=True, slots=True)
class SystemState:
    """`versions` and `site` are (name, value); `schedules` (name, every, next tick); `schemas` (plugin, revision, since)."""

    versions: Sequence[tuple[str, str]]
    site: Sequence[tuple[str, str, str]]
    health: Sequence[tuple[str, HealthReport]]
    schedules: Sequence[tuple[str, Any, Any]]
    schemas: Sequence[Any]
    themes: Sequence[tuple[str, str]]
    theme: str
    theme_origin: str


def system_state(ctx: "Context") -> SystemState:
    """Inside `ctx.reading()`."""
    session, site, runtime = ctx.session, ctx.site, ctx.runtime
    ticks: Any = select(ScheduleRow.key, ScheduleRow.next_at)  # type: ignore[call-overload]
    due = {row.key: row.next_at for row in session.execute(ticks)}
    schemas = select(PluginSchema.plugin, PluginSchema.revision, PluginSchema.min_version, PluginSchema.applied_at)  # type: ignore[call-overload]
    return SystemState(
        versions=_versions(ctx),
        site=[(name, _shown(getattr(site, name)), site.origin.get(name, "default")) for name in _SHOWN],
        health=[(plugin, report) for plugin, reports in reports_by_plugin(ctx).items() for report in reports],
        schedules=[(one.key, one.every, due.get(one.key)) for one in runtime.outbox.schedules],
        schemas=session.execute(schemas.order_by(PluginSchema.plugin)).all(),
        themes=[(name, name) for name in sorted(find().themes)],
        theme=site.theme,
        theme_origin=site.origin.get("theme", "default"),
    )


_SHOWN = ("name", "base_url", "locales", "currencies", "country", "timezone", "theme", "plugins")


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _versions(ctx: "Context") -> list[tuple[str, str]]:
    question = "SELECT sqlite_version()" if ctx.runtime.database.dialect == "sqlite" else "SHOW server_version"
    name = "SQLite" if ctx.runtime.database.dialect == "sqlite" else "PostgreSQL"
    return [
        ("Marketry", version("marketry")),
        ("Python", sys.version.split()[0]),
        (name, str(ctx.session.execute(text(question)).scalar())),
        ("System", f"{platform.system()} {platform.machine()}"),
    ]

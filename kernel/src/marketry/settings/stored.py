"""Reading what the back office saved. A database that isn't migrated yet has saved nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketry.settings.keys import SecretBox
from marketry.settings.site import Site

if TYPE_CHECKING:
    from marketry.database import Database

SITE = "site"
SUBJECT = "settings"


@dataclass(frozen=True, slots=True)
class Stored:
    """All saved values, opened: `values[owner][name]`. `unreadable` are (owner, name) sealed under a lost key."""

    generation: int = 0
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unreadable: tuple[tuple[str, str], ...] = ()

    def of(self, owner: str) -> Mapping[str, Any]:
        return self.values.get(owner, {})


def read_stored(database: "Database", keys: tuple[str, ...]) -> Stored:
    """What is saved now, the generation read first (so that a change between the two reads is seen again later)."""
    from marketry.settings.tables import Setting

    with database.reading() as session:
        try:
            generation = read_generation(session)
            rows = session.execute(select(Setting.owner, Setting.name, Setting.value, Setting.sealed)).all()  # type: ignore[call-overload]
        except DBAPIError:
            if inspect(session.connection()).has_table(Setting.__tablename__):
                raise
            return Stored()
    return _opened(generation, rows, SecretBox(keys))


def read_generation(session: Session) -> int:
    """The number that rises whenever a setting is saved."""
    from marketry.settings.tables import Generation

    number = session.execute(select(Generation.number).where(Generation.subject == SUBJECT)).scalar()  # type: ignore[call-overload]
    return int(number or 0)


def _opened(generation: int, rows: Any, box: SecretBox) -> Stored:
    values: dict[str, dict[str, Any]] = {}
    unreadable: list[tuple[str, str]] = []
    for owner, name, value, sealed in rows:
        try:
            values.setdefault(owner, {})[name] = box.open(value) if sealed else value
        except ValueError:
            unreadable.append((owner, name))
    return Stored(generation, values, tuple(unreadable))


def with_stored(site: Site, stored: Stored) -> Site:
    """`site` with the plugins and the theme that were saved, unless the environment says otherwise."""
    saved = {name: stored.of(SITE)[name] for name in ("plugins", "theme") if name in stored.of(SITE)}
    saved = {name: value for name, value in saved.items() if site.origin.get(name) != "environment"}
    if "plugins" in saved:
        saved["plugins"] = tuple(saved["plugins"])
    return replace(site, **saved, origin={**site.origin, **dict.fromkeys(saved, "database")})

"""Sites in a temporary folder, booted in the test's own process."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from marketry.boot import boot
from marketry.plugins.discovery import Installed
from marketry.runtime import Runtime

DEFAULTS: Mapping[str, Any] = {
    "name": "Test shop",
    "base_url": "http://testserver",
    "locales": ["en", "zh"],
    "currencies": ["USD", "EUR", "JPY"],
    "country": "US",
    "secret_key": "only-for-tests-only-for-tests-only-for-tests",
}


def write_site(folder: Path, *, plugins: Sequence[str] = (), more: str = "", **values: Any) -> Path:
    """Write `folder`/marketry.toml with `plugins` and `values` over the defaults; `more` is TOML to put after them."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {**DEFAULTS, **values, "plugins": list(plugins)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in content.items()]
    (folder / "marketry.toml").write_text("\n".join([*lines, more, ""]), "utf-8")
    return folder


@dataclass
class SiteFactory:
    """Makes, boots and in the end closes sites of one test; `environ` is what they are booted with."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    _booted: list[Runtime] = field(default_factory=list)

    def __call__(
        self,
        *plugins: str,
        name: str = "site",
        extra: Sequence[Installed] = (),
        migrate: bool = True,
        more: str = "",
        clock: Callable[[], datetime] | None = None,
        environ: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Runtime:
        """A booted site with `plugins` enabled, its tables made. `name` is its folder; the same name boots it again."""
        folder = write_site(self.folder / name, plugins=plugins, more=more, **values)
        runtime = boot(folder, environ={**self.environ, **(environ or {})}, extra=extra, clock=clock)
        self._booted.append(runtime)
        if migrate:
            _bring_up(runtime, plugins if not extra else None)
        return runtime

    def close(self) -> None:
        for runtime in self._booted:
            runtime.close()


_migrated: dict[tuple[str, ...], bytes] = {}  # new SQLite databases by the plugins whose tables they have


def _bring_up(runtime: Runtime, plugins: tuple[str, ...] | None) -> None:
    """Make the tables. A new SQLite database of the same plugins (None: of others than ours) as one before is a copy of that:
    the migrations of a shop take half a second."""
    from marketry.database.installed import schemas_of
    from marketry.database.migrations import migrate

    path = runtime.database.url.database if runtime.database.dialect == "sqlite" else None
    fresh = path is not None and not _tables(path)
    if fresh and plugins in _migrated:
        _copy(_migrated[plugins], str(path))
    migrate(runtime.database, schemas_of(runtime.plugins.enabled))
    if fresh and plugins is not None and plugins not in _migrated:
        with closing(sqlite3.connect(str(path))) as made, closing(sqlite3.connect(":memory:")) as memory:
            made.backup(memory)
            content = bytearray(memory.serialize())
            content[18:20] = (
                b"\1\1"  # no write-ahead log (file format, section 1.3.3), which memory has not; the copy's file does
            )
            _migrated[plugins] = bytes(content)


def _tables(path: str) -> bool:
    with closing(sqlite3.connect(path)) as there:
        return bool(there.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone())


def _copy(content: bytes, path: str) -> None:
    with closing(sqlite3.connect(":memory:")) as memory, closing(sqlite3.connect(path)) as new:
        memory.deserialize(content)
        memory.backup(new)

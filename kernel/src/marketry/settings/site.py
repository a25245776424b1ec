"""The Site: what a folder with marketry.toml, the database and the environment say together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from marketry.plugins.failures import BootStopped
from marketry.settings.session_hours import session_hours


class SiteError(BootStopped):
    """The site's configuration is wrong; the message says where, and how to put it right."""


@dataclass(frozen=True)
class Site:
    """One shop. `locales[0]` and `currencies[0]` are the defaults; `secret_keys[0]` signs and seals, the others still open.

    `settings` are the TOML tables `[settings.<plugin>]`, `environment` the fields set by `MARKETRY_<PLUGIN>__<FIELD>`,
    `tables` the kernel's own tables (`[mail]`, `[hooks]` …), environment included. `origin` says which layer gave a
    value: `default`, `marketry.toml`, `database` or `environment`.
    """

    dir: Path
    name: str = "Marketry"
    base_url: str = "http://localhost:8000"
    locales: tuple[str, ...] = ("en",)
    currencies: tuple[str, ...] = ("USD",)
    country: str = "US"
    timezone: str = "UTC"
    theme: str = ""
    plugins: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    secret_keys: tuple[str, ...] = ()
    database_url: str = ""
    redis_url: str = ""
    safe_mode: bool = False
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def secret_key(self) -> str:
        """The key that signs and seals now."""
        return self.secret_keys[0]

    @cached_property
    def session_hours(self) -> Mapping[str, float]:
        """How many hours sessions last, from `[security]`; see marketry.settings.session_hours."""
        return session_hours(self.table("security"))

    @property
    def var_dir(self) -> Path:
        """Where the site keeps files of its own: database, media, caches, logs."""
        return self.dir / "var"

    def table(self, name: str) -> Mapping[str, Any]:
        """A table of the kernel's own settings: `site.table("mail").get("from")`. Empty where nothing is set."""
        return self.tables.get(name, {})

    def listed(self, table: str, name: str) -> tuple[str, ...]:
        """A list in one of those tables; the environment writes it as one text with commas."""
        value = self.table(table).get(name, ())
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(stripped for part in parts if (stripped := str(part).strip()))

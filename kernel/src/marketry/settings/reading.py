"""Reading marketry.toml and the environment into a Site."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marketry.settings.keys import local_key
from marketry.settings.page_keeping import page_keeping
from marketry.settings.retention import erasures_kept_for, kept_for
from marketry.settings.segment_choices import known_countries, price_groups
from marketry.settings.session_hours import session_hours
from marketry.settings.site import Site, SiteError

FILE = "marketry.toml"
_LISTS = ("locales", "currencies", "plugins", "critical")
_WORDS = ("name", "base_url", "country", "timezone", "theme", "database_url", "redis_url")
# The kernel's own tables; each is read by the module of its name.
TABLES = (
    "hooks",
    "mail",
    "media",
    "metrics",
    "organisation",
    "outbound",
    "pagecache",
    "privacy",
    "security",
    "segments",
    "services",
    "web",
)
# Short names that people expect, beside MARKETRY_<TABLE>__<FIELD>.
_SHORT = {"MARKETRY_SMTP_URL": ("mail", "smtp_url")}


def read_site(folder: Path, environ: Mapping[str, str] | None = None) -> Site:
    """The site in `folder`, without what the database says. SiteError says what is wrong and where."""
    environ = os.environ if environ is None else environ
    folder = folder.resolve()
    path = folder / FILE
    site = _from_toml(folder, _parse(path), path)
    site = _from_environment(site, environ)
    site = replace(
        site,
        secret_keys=site.secret_keys or local_key(site.var_dir),
        database_url=_database_url(site),
        safe_mode=environ.get("MARKETRY_SAFE_MODE", "") not in ("", "0", "false"),
    )
    _check(site, path)
    return site


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SiteError(f"{path.parent} is no site: there is no {FILE}. Make one with: marketry new-site {path.parent}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError(f"{path} is not valid TOML: {error}") from None


def _from_toml(folder: Path, content: dict[str, Any], path: Path) -> Site:
    known = (*_LISTS, *_WORDS, "secret_key", "settings", *TABLES)
    for key in content:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise SiteError(f"{path}: there is no setting {key!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
    values: dict[str, Any] = {}
    for key in _LISTS:
        if key in content:
            values[key] = _strings(content[key], key, path)
    for key in _WORDS:
        if key in content:
            values[key] = _string(content[key], key, path)
    if "secret_key" in content:
        values["secret_keys"] = _keys(_string(content["secret_key"], "secret_key", path))
    origin = {f.name: "marketry.toml" if f.name in values else "default" for f in fields(Site)}
    tables = {name: _table(content[name], name, path) for name in TABLES if name in content}
    settings = _table(content.get("settings", {}), "settings", path)
    for plugin, table in settings.items():
        _table(table, f"settings.{plugin}", path)
    return Site(folder, tables=tables, settings=settings, origin=origin, **values)


def _from_environment(site: Site, environ: Mapping[str, str]) -> Site:
    values: dict[str, Any] = {}
    for key in (*_WORDS, *_LISTS):
        given = environ.get(f"MARKETRY_{key.upper()}")
        if given is not None:
            values[key] = tuple(part.strip() for part in given.split(",") if part.strip()) if key in _LISTS else given
    if environ.get("MARKETRY_SECRET_KEY"):
        values["secret_keys"] = _keys(environ["MARKETRY_SECRET_KEY"])
    scoped = _scoped(environ)
    tables = {name: {**site.tables.get(name, {}), **scoped.pop(name, {})} for name in {*site.tables, *(TABLES & scoped.keys())}}
    origin = {**site.origin, **dict.fromkeys(values, "environment")}
    return replace(site, **values, tables=tables, environment=scoped, origin=origin)


def _scoped(environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """`MARKETRY_<PLUGIN>__<FIELD>` and the short names, as {plugin: {field: text}}."""
    found: dict[str, dict[str, str]] = {}
    for name, text in environ.items():
        owner, separator, entry = name.removeprefix("MARKETRY_").partition("__")
        if name.startswith("MARKETRY_") and separator and owner and entry:
            found.setdefault(owner.lower(), {})[entry.lower()] = text
        elif name in _SHORT and text:
            table, field = _SHORT[name]
            found.setdefault(table, {})[field] = text
    return found


def _database_url(site: Site) -> str:
    """The configured address, SQLite files relative to the site's folder; var/marketry.sqlite3 where none is given."""
    url = site.database_url or "sqlite:///var/marketry.sqlite3"
    scheme, separator, path = url.partition(":///")
    if scheme.startswith("sqlite") and separator and not path.startswith("/"):
        return f"{scheme}:///{site.dir / path}"
    return url


def _check(site: Site, path: Path) -> None:
    where = {name: path if site.origin.get(name) != "environment" else f"MARKETRY_{name.upper()}" for name in site.origin}
    address = urlsplit(site.base_url)
    if address.scheme not in ("http", "https") or not address.netloc:
        raise SiteError(f'{where["base_url"]}: base_url {site.base_url!r} must be like "https://shop.example"')
    for name in ("locales", "currencies"):
        if not getattr(site, name):
            raise SiteError(f"{where[name]}: {name} must name at least one; the first is the default")
    for currency in site.currencies:
        if not (len(currency) == 3 and currency.isalpha() and currency.isupper()):
            raise SiteError(f'{where["currencies"]}: {currency!r} is no ISO 4217 currency like "EUR"')
    if not (len(site.country) == 2 and site.country.isalpha() and site.country.isupper()):
        raise SiteError(f'{where["country"]}: {site.country!r} is no ISO 3166 country like "DE"')
    if any(len(key) < 32 for key in site.secret_keys):
        raise SiteError(
            f"{where['secret_keys']}: a secret_key must have at least 32 characters; make one with: openssl rand -hex 32"
        )
    try:
        kept_for(site.table("mail").get("keep_days"))
    except ValueError as error:
        raise SiteError(f"{path}: in [mail], {error}") from None
    try:
        erasures_kept_for(site)
    except ValueError as error:
        raise SiteError(f"{path}: in [privacy], {error}") from None
    try:
        session_hours(site.table("security"))
    except ValueError as error:
        raise SiteError(f"{path}: in [security], {error}") from None
    try:
        page_keeping(site)
    except ValueError as error:
        raise SiteError(f"{path}: in [pagecache], {error}") from None
    try:
        known_countries(site)
        price_groups(site)
    except ValueError as error:
        raise SiteError(f"{path}: in [segments], {error}") from None
    try:
        ZoneInfo(site.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SiteError(f'{where["timezone"]}: there is no time zone {site.timezone!r}; write it like "Europe/Berlin"') from None


def _keys(text: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in text.split(",") if key.strip())


def _string(value: Any, key: str, path: Path) -> str:
    if not isinstance(value, str):
        raise SiteError(f"{path}: {key} must be a text in quotes, not {value!r}")
    return value


def _strings(value: Any, key: str, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SiteError(f'{path}: {key} must be a list of texts like ["en", "zh"], not {value!r}')
    return tuple(dict.fromkeys(value))


def _table(value: Any, key: str, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SiteError(f"{path}: [{key}] must be a table, not {value!r}")
    return value

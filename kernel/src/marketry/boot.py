"""Booting a site: read it, find its plugins, register them, set aside those at fault, and hand back a Runtime."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from marketry import API_VERSION
from marketry.database import Database
from marketry.hookspecs import MODULES
from marketry.plugins.discovery import Found, Installed, InstalledTheme, find, load, load_theme
from marketry.plugins.failures import BootStopped, Fault
from marketry.plugins.registry import Registry, assemble
from marketry.runtime import Runtime, utc_now
from marketry.settings.reading import read_site
from marketry.settings.site import Site
from marketry.settings.stored import Stored, read_stored, with_stored
from marketry.telemetry import log


def boot(
    site_dir: Path,
    *,
    environ: Mapping[str, str] | None = None,
    extra: Sequence[Installed] = (),
    clock: Callable[[], datetime] | None = None,
    faults: Sequence[Fault] = (),
) -> Runtime:
    """The running site of `site_dir`. Plugins at fault go into quarantine; BootStopped where the site can't start.

    `extra` plugins are enabled beside those of marketry.toml. `faults` were found by whoever booted before (a web application
    that could not mount a plugin's routes): those plugins are left out.
    """
    configured = _with_extra(read_site(Path(site_dir), os.environ if environ is None else environ), extra)
    database = open_database(configured)
    try:
        stored = _read(database, configured)
        listed = with_stored(configured, stored)
        found = find(tuple(extra))
        site = replace(listed, plugins=safe_only(listed.plugins, found)) if listed.safe_mode else listed
        return _settled(site, configured, database, stored, found, tuple(extra), clock or utc_now, list(faults))
    except BaseException:
        database.close()
        raise


def open_database(site: Site) -> Database:
    """The site's database, its folder made where it is a file."""
    try:
        url = make_url(site.database_url)
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return Database(site.database_url)
    except (ValueError, ImportError, OSError) as error:
        raise BootStopped(f"The database address can't be used: {error}. See database_url or MARKETRY_DATABASE_URL.") from error


def _read(database: Database, site: Site) -> Stored:
    try:
        return read_stored(database, site.secret_keys)
    except OperationalError as error:
        address = make_url(site.database_url).render_as_string(hide_password=True)
        raise BootStopped(
            f"The database {address} can't be reached: {error.orig}. Start it, or correct MARKETRY_DATABASE_URL."
        ) from error


def _with_extra(site: Site, extra: Sequence[Installed]) -> Site:
    return replace(site, plugins=tuple(dict.fromkeys((*site.plugins, *(one.id for one in extra)))))


def safe_only(listed: Sequence[str], found: Found) -> tuple[str, ...]:
    """Those of the listed plugins that run in safe mode, and what they require."""
    manifests = {}
    for name in listed:
        try:
            manifests[name] = load(found, name).manifest
        except Fault as fault:
            log.warning("plugin_left_out", plugin=name, reason=str(fault))
    wanted = [name for name, manifest in manifests.items() if manifest.in_safe_mode]
    for name in wanted:  # grows while we walk it
        wanted.extend(needed for needed in manifests[name].requires if needed in manifests and needed not in wanted)
    return tuple(wanted)


def _settled(
    site: Site,
    configured: Site,
    database: Database,
    stored: Stored,
    found: Found,
    extra: tuple[Installed, ...],
    clock: Callable[[], datetime],
    faults: list[Fault],
) -> Runtime:
    """Register and try out until nobody is at fault: each round sets one plugin aside."""
    while True:
        registry = _assembled(site, found, faults)
        runtime = Runtime(site, configured, database, stored, registry, clock, extra)
        try:
            runtime.settle()
        except Fault as fault:
            faults.append(fault)
            continue
        for record in registry.quarantined:
            log.error("plugin_quarantined", plugin=record.plugin, step=record.step, reason=record.reason, mend=record.mend)
        return runtime


def _assembled(site: Site, found: Found, faults: Sequence[Fault]) -> Registry:
    order = site.table("hooks").get("order", {})
    registry = assemble(
        site.plugins,
        found,
        api_version=API_VERSION,
        hook_modules=MODULES,
        faults=faults,
        critical=() if site.safe_mode else site.critical,
        merchant_order=order,
        budget=float(site.table("hooks").get("slow", 0.25)),
    )
    try:
        return replace(registry, themes=_themes(site.theme, found))
    except Fault as fault:
        return replace(registry, quarantined=(*registry.quarantined, fault.record))


def _themes(theme: str, found: Found) -> tuple[InstalledTheme, ...]:
    """The theme and its ancestors, child first."""
    chain: list[InstalledTheme] = []
    following: str | None = theme or None
    while following:
        if any(one.id == following for one in chain):
            raise Fault(
                theme, f"its parents go round in a circle at {following}", "Correct parent= in its manifest.", step="theme"
            )
        chain.append(load_theme(found, following))
        following = chain[-1].manifest.parent
    return tuple(chain)

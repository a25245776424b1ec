"""What `marketry doctor` looks at. Each finding says what to do where something is wrong."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from marketry.web.values import SYSTEM, HealthReport

if TYPE_CHECKING:
    from marketry.runtime import Runtime


def examine(folder: Path) -> list[HealthReport]:
    """All findings about the site in `folder`; a site that can't boot has just one."""
    from marketry.boot import boot
    from marketry.plugins.failures import BootStopped

    try:
        runtime = boot(folder)
    except BootStopped as error:
        return [HealthReport("boot", False, str(error), critical=True)]
    try:
        return [finding for look in (_site, _maintenance, _database, _redis, _plugins, _health) for finding in look(runtime)]
    finally:
        runtime.close()


def _site(runtime: "Runtime") -> Iterator[HealthReport]:
    site = runtime.site
    yield HealthReport("site", True, f"{site.name} at {site.base_url}, in {site.dir}")
    host = site.base_url.partition("://")[2].partition("/")[0].partition(":")[0]
    plain = site.base_url.startswith("http://") and host not in ("localhost", "127.0.0.1")
    yield HealthReport("base_url", not plain, "cookies travel unprotected: use https" if plain else "fine")
    lost = ", ".join(f"{owner}.{name}" for owner, name in runtime.stored.unreadable)
    detail = f"sealed under a lost secret_key, enter them again: {lost}" if lost else f"{len(site.secret_keys)} key(s)"
    yield HealthReport("secrets", not lost, detail, critical=bool(lost))


def _maintenance(runtime: "Runtime") -> Iterator[HealthReport]:
    from marketry.web.maintenance import mark_in

    if mark_in(runtime.site.var_dir).exists():
        yield HealthReport("maintenance", False, "the shop is closed; `marketry maintenance off` opens it")


def _database(runtime: "Runtime") -> Iterator[HealthReport]:
    if unfit := unfitness(runtime):
        yield HealthReport("database", False, unfit, critical=True)
    else:
        yield HealthReport("database", True, f"{runtime.database.dialect}, up to date", critical=True)


def unfitness(runtime: "Runtime") -> str:
    """Why the installed code can't work on this database, and what to do; empty where it can."""
    from marketry.database.installed import schemas_of
    from marketry.database.migrations import MigrationsPending, TooOld, check

    try:
        check(runtime.database, schemas_of(runtime.plugins.enabled))
    except (MigrationsPending, TooOld) as error:
        return str(error)
    return ""


def _redis(runtime: "Runtime") -> Iterator[HealthReport]:
    if not runtime.site.redis_url:
        yield HealthReport("redis", True, "none configured: jobs and cache run in the web processes")
        return
    try:
        import redis

        with redis.Redis.from_url(runtime.site.redis_url, socket_timeout=2) as client:
            client.ping()
        yield HealthReport("redis", True, "answers")
    except Exception as error:
        yield HealthReport("redis", False, f"doesn't answer ({error}); jobs wait in the outbox until it does")


def _plugins(runtime: "Runtime") -> Iterator[HealthReport]:
    for record in runtime.plugins.quarantined:
        yield HealthReport(f"plugin {record.plugin}", False, f"{record.reason}. {record.mend}", critical=True)
    running = ", ".join(f"{one.id} {one.version}" for one in runtime.plugins.enabled)
    yield HealthReport("plugins", True, running or "none enabled")


def _health(runtime: "Runtime") -> Iterator[HealthReport]:
    from marketry.hookspecs import operations

    if unfitness(runtime):
        return  # plugins would ask tables that aren't there
    ctx = runtime.context(actor=SYSTEM, channel="cli")
    with ctx.reading():
        for answer in runtime.hooks.each(operations.health, ctx):
            yield from (replace(one, detail=one.detail or ("fine" if one.ok else "")) for one in answer.value)

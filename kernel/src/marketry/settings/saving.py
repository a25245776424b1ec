"""Saving settings and the list of plugins to the database, for the back office and the command line alike.

Each function needs `ctx.writing()` around it and checks no permission: the route or the command does.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy import select, update

from marketry.database.session import after_commit
from marketry.problems import Problem, Refused, conflict, not_found
from marketry.settings.effective import is_secret, layered
from marketry.settings.keys import SecretBox
from marketry.settings.stored import SITE, SUBJECT
from marketry.settings.tables import Generation, Setting
from marketry.web.pagecache.purging import EVERYTHING

if TYPE_CHECKING:
    from marketry.context import Context


def save_settings(ctx: "Context", plugin: str, values: Mapping[str, Any]) -> None:
    """Save fields of a plugin's (or the theme's) settings; those not named keep their value, None forgets the saved one.

    The whole must validate: Refused has a problem per wrong field. Secrets are sealed. An empty secret keeps the old one.
    """
    schema = _schema(ctx, plugin)
    unknown = [name for name in values if name not in schema.model_fields]
    if unknown:
        raise Refused(*(Problem("unknown_setting", ctx.gettext("There is no such setting."), name) for name in unknown))
    kept = {name: value for name, value in values.items() if not (is_secret(schema.model_fields[name]) and value == "")}
    valid = _validated(ctx, plugin, schema, kept)
    for name, value in kept.items():
        if value is None:
            _forget(ctx, plugin, name)
        else:
            _put(ctx, plugin, name, valid[name], sealed=is_secret(schema.model_fields[name]))
    _raise_generation(ctx)


def enable_plugin(ctx: "Context", plugin: str) -> tuple[str, ...]:
    """Put `plugin`, and what it requires, on the site's list; returns those that were added. Runs after a restart."""
    from marketry.plugins.discovery import find, load
    from marketry.plugins.failures import Fault

    _hold_list(ctx)
    found, added, waiting = find(ctx.runtime.extra), [], [plugin]
    while waiting:
        name = waiting.pop()
        if name in ctx.runtime.listed or name in added:
            continue
        try:
            manifest = load(found, name).manifest
        except Fault as fault:
            raise Refused(Problem("plugin_unusable", str(fault), "plugin", name)) from fault
        added.append(name)
        waiting.extend(manifest.requires)
    if added:
        _save_list(ctx, (*ctx.runtime.listed, *reversed(added)))
    return tuple(reversed(added))


def disable_plugin(ctx: "Context", plugin: str) -> None:
    """Take `plugin` off the site's list; its data stays. Refused while enabled plugins require it."""
    _hold_list(ctx)
    if plugin not in ctx.runtime.listed:
        raise not_found(ctx.gettext("The plugin %(plugin)s is not enabled.", plugin=plugin), "plugin_not_enabled")
    known = ctx.runtime.plugins.known
    dependants = [name for name in ctx.runtime.listed if name in known and plugin in known[name].manifest.requires]
    if dependants:
        message = ctx.gettext("%(plugins)s need it: disable them first.", plugins=", ".join(sorted(dependants)))
        raise conflict("plugin_required", message, "plugin")
    _save_list(ctx, tuple(name for name in ctx.runtime.listed if name != plugin))


def choose_theme(ctx: "Context", theme: str) -> None:
    """Make `theme` the site's theme; it must be installed."""
    from marketry.plugins.discovery import find

    if theme and theme not in find().themes:
        raise Refused(Problem("unknown_theme", ctx.gettext("No installed package offers this theme."), "theme"))
    _refuse_pinned(ctx, "theme")
    _put(ctx, SITE, "theme", theme, sealed=False)
    _raise_generation(ctx)


def reseal(ctx: "Context") -> int:
    """Seal every saved secret under the site's first key; returns how many. Afterwards old keys may be thrown away."""
    box = SecretBox(ctx.site.secret_keys)
    sealed = ctx.session.scalars(select(Setting).where(Setting.sealed)).all()  # type: ignore[arg-type]
    for row in sealed:
        row.value = box.seal(box.open(row.value))
    _raise_generation(ctx)
    return len(sealed)


def _schema(ctx: "Context", owner: str) -> type[BaseModel]:
    plugins = ctx.runtime.plugins
    manifests = {theme.id: theme.manifest.settings for theme in plugins.themes}
    manifests |= {name: one.manifest.settings for name, one in plugins.known.items()}
    if owner not in manifests:
        raise not_found(ctx.gettext("The plugin %(plugin)s is not enabled.", plugin=owner), "plugin_not_enabled")
    return manifests[owner]


def _validated(ctx: "Context", plugin: str, schema: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `values` as JSON, after validating the whole that they make together with what stands."""
    stored = ctx.runtime.stored
    remaining = {name: value for name, value in stored.of(plugin).items() if name not in values}
    below = layered(plugin, schema, ctx.site, replace(stored, values={**stored.values, plugin: remaining}))
    whole = {**below, **{name: value for name, value in values.items() if value is not None}}
    try:
        model = schema.model_validate(whole)
    except ValidationError as error:
        raise Refused(
            *(Problem("invalid_setting", one["msg"], ".".join(map(str, one["loc"])) or None) for one in error.errors())
        ) from None
    dumped = model.model_dump(mode="json")
    for name in dumped:
        value = getattr(model, name)
        dumped[name] = value.get_secret_value() if isinstance(value, SecretStr) else dumped[name]
    return dumped


def _hold_list(ctx: "Context") -> None:
    """Whoever changes the list next waits for us and starts from ours; we start from what is saved now, not a second ago."""
    _raise_generation(ctx)
    ctx.runtime.look_again()


def _save_list(ctx: "Context", plugins: tuple[str, ...]) -> None:
    _refuse_pinned(ctx, "plugins")
    _put(ctx, SITE, "plugins", list(plugins), sealed=False)


def _refuse_pinned(ctx: "Context", name: str) -> None:
    if ctx.site.origin.get(name) == "environment":
        variable = f"MARKETRY_{name.upper()}"
        raise conflict("set_by_environment", ctx.gettext("%(name)s is set in the environment.", name=variable), name)


def _put(ctx: "Context", owner: str, name: str, value: Any, *, sealed: bool) -> None:
    stored = SecretBox(ctx.site.secret_keys).seal(str(value)) if sealed else value
    ctx.session.merge(Setting(owner=owner, name=name, value=stored, sealed=sealed, changed_at=ctx.now()))
    ctx.session.flush()


def _forget(ctx: "Context", owner: str, name: str) -> None:
    row = ctx.session.get(Setting, (owner, name))
    if row is not None:
        ctx.session.delete(row)
        ctx.session.flush()


def _raise_generation(ctx: "Context") -> None:
    raised = update(Generation).where(Generation.subject == SUBJECT).values(number=Generation.number + 1)  # type: ignore[arg-type]
    if not ctx.session.execute(raised).rowcount:  # type: ignore[attr-defined]
        ctx.session.add(Generation(subject=SUBJECT, number=1))
        ctx.session.flush()
    ctx.purge(EVERYTHING)
    after_commit(ctx.session, ctx.runtime.look_again)

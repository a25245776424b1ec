"""What staff do with plugins: settings, enabling, disabling. Each deed is audited; callers hold the transaction."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marketry.audit import audit
from marketry.settings import disable_plugin, enable_plugin, save_settings
from marketry.settings.effective import is_secret
from marketry_backoffice.controls import controls_of, values_of

if TYPE_CHECKING:
    from marketry import Context


def change_settings(ctx: "Context", plugin: str, inputs: Mapping[str, str], forget: frozenset[str]) -> list[str]:
    """Save what differs from what holds now, and forget the saved values of the fields in `forget`; returns their names.

    Fields set in the environment can't be changed here and are passed over. The audit trail names fields, never secrets.
    Whoever changes a secret must have proved themselves a short while ago.
    """
    effective = ctx.runtime.effective(plugin)
    schema = ctx.runtime.plugins.known[plugin].manifest.settings
    standing = effective.value.model_dump(mode="json")
    given = values_of(controls_of(schema), inputs)
    changed: dict[str, Any] = {
        name: value
        for name, value in given.items()
        if effective.origin[name] != "environment" and name not in forget and value != standing.get(name)
    }
    changed |= {name: None for name in sorted(forget) if effective.origin.get(name) == "database"}
    if any(is_secret(schema.model_fields[name]) for name in changed):
        ctx.demand_fresh()
    if changed:
        save_settings(ctx, plugin, changed)
        shown = {n: "(secret)" if is_secret(schema.model_fields[n]) else v for n, v in changed.items()}
        audit(ctx, "backoffice.plugin.settings_changed", f"plugin:{plugin}", fields=shown)
    return sorted(changed)


def enable(ctx: "Context", plugin: str) -> tuple[str, ...]:
    """Put the plugin and what it requires on the list; the site takes it up when it restarts."""
    added = enable_plugin(ctx, plugin)
    audit(ctx, "backoffice.plugin.enabled", f"plugin:{plugin}", added=list(added))
    return added


def disable(ctx: "Context", plugin: str) -> None:
    """Take the plugin off the list; its data stays."""
    disable_plugin(ctx, plugin)
    audit(ctx, "backoffice.plugin.disabled", f"plugin:{plugin}")

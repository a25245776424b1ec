"""Importing a plugin's tables, so that a broken model is that plugin's fault alone."""

import sys
from importlib import import_module

from marketry.plugins.discovery import Installed
from marketry.plugins.failures import Fault


def load_models(plugin: Installed) -> None:
    """Import the module with the plugin's tables and configure its mappers; Fault where either fails."""
    module = plugin.manifest.models
    if not module:
        return
    from marketry.database import configure_models
    from marketry.database.schema import SchemaError, check_tables, plugin_schema

    try:
        import_module(module)
        configure_models(plugin.id)
        check_tables([plugin_schema(plugin.id, plugin.version, module, plugin.manifest.requires)])
    except SchemaError as error:
        raise Fault(plugin.id, error.reason.rstrip("."), error.mend, step="models") from error
    except Exception as error:
        if module not in sys.modules:
            _forget_tables(plugin.id)
        raise Fault(
            plugin.id,
            f"its models in {module} are broken: {type(error).__name__}: {error}",
            f"Repair or update {plugin.distribution or plugin.id}; its data is untouched.",
            step="models",
        ) from error


def _forget_tables(plugin: str) -> None:
    """An import that died midway leaves tables behind, which would hide its reason from the next attempt."""
    from marketry.database import METADATA, table_prefix

    for name, table in list(METADATA.tables.items()):
        if name.startswith(table_prefix(plugin)):
            METADATA.remove(table)

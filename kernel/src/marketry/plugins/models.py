"""Importing a plugin's tables, so that a broken model is that plugin's fault alone."""

from importlib import import_module

from marketry.plugins.discovery import Installed
from marketry.plugins.failures import Fault

# What was found broken stays so while the process lives: code is imported once, and its tables were taken out again.
_broken: dict[str, tuple[str, str]] = {}


def load_models(plugin: Installed) -> None:
    """Import the module with the plugin's tables, configure its mappers, check its rules; Fault where one of these fails."""
    module = plugin.manifest.models
    if not module:
        return
    if module not in _broken:
        try:
            _load(plugin, module)
        except Fault as fault:
            _broken[module] = (fault.record.reason, fault.record.mend)
            _take_out_tables(plugin.id)
            raise
    else:
        raise Fault(plugin.id, *_broken[module], step="models")


def _load(plugin: Installed, module: str) -> None:
    from marketry.database import configure_models
    from marketry.database.schema import SchemaError, check_tables, plugin_schema

    try:
        import_module(module)
        configure_models(plugin.id)
        check_tables([plugin_schema(plugin.id, plugin.version, module, plugin.manifest.requires)])
    except SchemaError as error:
        raise Fault(plugin.id, error.reason.rstrip("."), error.mend, step="models") from error
    except Exception as error:
        raise Fault(
            plugin.id,
            f"its models in {module} are broken: {type(error).__name__}: {error}",
            f"Repair or update {plugin.distribution or plugin.id}; its data is untouched.",
            step="models",
        ) from error


def _take_out_tables(plugin: str) -> None:
    """A table with an unknown foreign key would stop others from sorting theirs."""
    from marketry.database import METADATA, plugin_registry, table_prefix

    own = {getattr(mapper.local_table, "name", "") for mapper in plugin_registry(plugin).mappers}
    for name, table in list(METADATA.tables.items()):
        if name in own or name.startswith(table_prefix(plugin)):
            METADATA.remove(table)

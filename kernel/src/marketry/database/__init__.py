"""One database: engines, units of work, column types, keyset pages, migrations per plugin."""

from marketry.database.engine import Database
from marketry.database.keyset import capped_count, paginate
from marketry.database.plugin_base import METADATA, configure_models, plugin_base, plugin_registry, table_prefix
from marketry.database.types import BigId, JSONValue, Translated, UTCDateTime, in_locale

__all__ = [
    "METADATA",
    "BigId",
    "Database",
    "JSONValue",
    "Translated",
    "UTCDateTime",
    "capped_count",
    "configure_models",
    "in_locale",
    "paginate",
    "plugin_base",
    "plugin_registry",
    "table_prefix",
]

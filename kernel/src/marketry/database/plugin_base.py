"""The base class of a plugin's tables: an own SQLAlchemy registry per plugin on one shared MetaData.

A registry of its own keeps a plugin's broken relationship from breaking the queries of the others.

    from sqlmodel import SQLModel
    from marketry.database import plugin_registry

    class Table(SQLModel, registry=plugin_registry("reviews")):
        \"\"\"Base of the tables of reviews.\"\"\"

    class Review(Table, table=True):
        __tablename__ = "reviews_review"
"""

from functools import cache

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

# Constraints carry names, so that a migration can name what it drops.
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


@cache
def plugin_registry(plugin_id: str) -> registry:
    """The registry of `plugin_id`, the same one at each call."""
    return registry(metadata=METADATA)


@cache
def plugin_base(plugin_id: str) -> type[SQLModel]:
    """An abstract base for the tables of `plugin_id` (where types are checked, prefer the class in the module's text)."""

    class Table(SQLModel, registry=plugin_registry(plugin_id)):
        __doc__ = f"Base of the tables of {plugin_id}."

    return Table


def table_prefix(plugin_id: str) -> str:
    """What every table of the plugin begins with."""
    return f"{plugin_id}_"


def configure_models(plugin_id: str) -> None:
    """Resolve the plugin's relationships now; raises SQLAlchemy's error about the broken one."""
    plugin_registry(plugin_id).configure()

"""What the tables of orders share."""

from sqlalchemy import CheckConstraint, String
from sqlmodel import SQLModel

from marketry.database import plugin_registry

# Compared by code point on both databases, so that a prefix is a range of the index.
CODE_POINTS = String(200).with_variant(String(200, collation="C"), "postgresql")


class Table(SQLModel, registry=plugin_registry("orders")):
    """Base of the tables of orders."""


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")

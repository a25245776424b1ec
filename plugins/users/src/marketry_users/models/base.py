"""The base of all tables of users."""

from sqlmodel import SQLModel

from marketry.database import plugin_registry


class Table(SQLModel, registry=plugin_registry("users")):
    """Base of the tables of users."""

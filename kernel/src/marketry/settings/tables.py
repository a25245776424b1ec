"""What the back office saved: settings of plugins and of the site, and the generation that tells other processes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, String
from sqlmodel import Field, SQLModel

from marketry.database import JSONValue, UTCDateTime, plugin_registry


class Table(SQLModel, registry=plugin_registry("kernel")):
    """Base of the kernel's tables about settings."""


class Setting(Table, table=True):
    """One saved value: `owner` is a plugin's id, or `site`. A sealed value is a text under the site's secret key."""

    __tablename__ = "kernel_setting"

    owner: str = Field(sa_column=Column(String(64), primary_key=True))
    name: str = Field(sa_column=Column(String(64), primary_key=True))
    value: Any = Field(default=None, sa_column=Column(JSONValue, nullable=True))
    sealed: bool = False
    changed_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class Generation(Table, table=True):
    """A number per subject (`settings`) that rises with each change."""

    __tablename__ = "kernel_generation"

    subject: str = Field(sa_column=Column(String(64), primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False))

"""Tables: pages and posts, their addresses and revisions, redirects, and what was asked for in vain."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from marketry.database import BigId, JSONValue, Translated, UTCDateTime, plugin_registry


class Base(SQLModel, registry=plugin_registry("pages")):
    """Base of the tables of pages."""


def _words() -> Any:
    return Field(default_factory=dict, sa_type=Translated, nullable=False)


class Entry(Base, table=True):
    """A page, a policy or a post. `body` is Markdown; `picture` a name of the media store; `products` are handles that the
    catalogue knows. Shown while `published` and now is within [`publish_at`, `publish_until`). `placement` says where pages
    are linked: `header`, `footer`, `legal` or nowhere."""

    __tablename__ = "pages_entry"
    __table_args__ = (
        CheckConstraint("kind IN ('page', 'policy', 'post')", name="kind"),
        CheckConstraint("placement IN ('', 'header', 'footer', 'legal')", name="placement"),
        CheckConstraint("publish_until IS NULL OR publish_until > publish_at", name="window"),
        Index("ix_pages_entry_newest", "kind", "publish_at", "id"),
        Index("ix_pages_entry_changed", "kind", "updated_at", "id"),
    )

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    kind: str = Field(max_length=16)
    handle: str = Field(max_length=120, unique=True)
    title: dict[str, str] = _words()
    summary: dict[str, str] = _words()
    body: dict[str, str] = _words()
    seo_title: dict[str, str] = _words()
    seo_description: dict[str, str] = _words()
    picture: str | None = Field(default=None, max_length=200)
    picture_alt: dict[str, str] = _words()
    author: dict[str, str] = _words()
    tags: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    products: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    placement: str = Field(default="", max_length=16)
    position: int = Field(default=50)
    published: bool = Field(default=False)
    publish_at: datetime = Field(sa_type=UTCDateTime)
    publish_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class Address(Base, table=True):
    """An address of an entry in one locale; those that are not `current` lead to the one that is. Pages and policies share a
    `space`, posts have their own."""

    __tablename__ = "pages_address"
    __table_args__ = (
        Index(
            "uq_pages_address_current",
            "entry_id",
            "locale",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    space: str = Field(primary_key=True, max_length=16)
    slug: str = Field(primary_key=True, max_length=120)
    locale: str = Field(primary_key=True, max_length=16)
    entry_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("pages_entry.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    current: bool = Field(default=True)


class Label(Base, table=True):
    """A tag of a post, so that a list by tag reads an index. Written with the entry, whose `tags` are the truth."""

    __tablename__ = "pages_label"

    tag: str = Field(primary_key=True, max_length=60)
    entry_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("pages_entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    )


class Revision(Base, table=True):
    """An entry as it was saved: who, when, and all its fields. Never changed."""

    __tablename__ = "pages_revision"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    entry_id: int = Field(sa_column=Column(BigInteger, ForeignKey("pages_entry.id", ondelete="CASCADE"), nullable=False))
    number: int
    at: datetime = Field(sa_type=UTCDateTime)
    actor: str = Field(max_length=80)
    actor_name: str = Field(max_length=200)
    restored: int | None = Field(default=None)
    content: dict[str, Any] = Field(sa_type=JSONValue, nullable=False)


class Redirect(Base, table=True):
    """Where an address that nobody answers leads. `source` is a path; `prefix`: it and all below it. `hits` are about right:
    each process writes its count once a minute."""

    __tablename__ = "pages_redirect"
    __table_args__ = (
        CheckConstraint("status IN (301, 302, 410)", name="status"),
        CheckConstraint("(status = 410) = (target = '')", name="target"),
    )

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    source: str = Field(max_length=400, unique=True)
    prefix: bool = Field(default=False)
    target: str = Field(default="", max_length=800)
    status: int = Field(default=301)
    hits: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, index=True))
    last_hit_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Missing(Base, table=True):
    """How often an address that leads nowhere was asked for, about; nothing of who asked."""

    __tablename__ = "pages_missing"
    __table_args__ = (Index("ix_pages_missing_most", "asked", "path"), Index("ix_pages_missing_last", "last_at"))

    path: str = Field(primary_key=True, max_length=200)
    asked: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    last_at: datetime = Field(sa_type=UTCDateTime)


def _table(model: type[SQLModel]) -> Table:
    found = model.__table__  # type: ignore[attr-defined]
    assert isinstance(found, Table)  # noqa: S101 - narrows the type
    return found


entry, address, label, revision = _table(Entry), _table(Address), _table(Label), _table(Revision)
redirect, missing = _table(Redirect), _table(Missing)

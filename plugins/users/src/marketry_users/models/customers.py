"""Tables of customers: accounts, what is on its way to become one, addresses, groups, consents, links, notes of staff."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, UniqueConstraint, text
from sqlmodel import Field

from marketry.database import BigId, Translated, UTCDateTime
from marketry_users.models.base import Table

PURPOSES = ("reset", "change_email")


def _owner(*, primary_key: bool = False, index: bool = True) -> Column[str]:
    """The customer whom a row belongs to; it goes with the account."""
    key = ForeignKey("users_customer.id", ondelete="CASCADE")
    return Column(String(40), key, nullable=False, primary_key=primary_key, index=index and not primary_key)


class Customer(Table, table=True):
    """A person with an account; the address has been confirmed. `email` is normal (`domain.emails`), `password` an Argon2id
    hash, `name_key` the name in lower case, for finding it. `marketing`: wants news; `marketing_source` says where that was said.
    """

    __tablename__ = "users_customer"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("id LIKE 'customer:%'", name="id"),
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email"),
        CheckConstraint("marketing = (marketing_at IS NOT NULL)", name="marketing"),
        Index("ix_users_customer_created_at", "created_at", "id"),
        Index("ix_users_customer_name_key", "name_key", "id"),
    )

    id: str = Field(primary_key=True, max_length=40)
    email: str = Field(max_length=254)
    name: str = Field(default="", max_length=200)
    name_key: str = Field(default="", max_length=400)
    locale: str = Field(max_length=16)
    password: str = Field(max_length=255)
    password_at: datetime = Field(sa_type=UTCDateTime)
    verified_at: datetime = Field(sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    signed_in_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    blocked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    marketing: bool = False
    marketing_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    marketing_source: str = Field(default="", max_length=40)


class Registration(Table, table=True):
    """Somebody asked for an account; it comes to be when the link in the mail is followed. One row per request, whether or not
    the address has an account already, so that neither the answer nor its time tells. `hash` is that of the link's token, once
    one was mailed. `browser` is the hash of a secret in the asking browser's cookie, empty for JSON: elsewhere the link wants
    the password as well.
    """

    __tablename__ = "users_registration"
    __table_args__ = (UniqueConstraint("hash"), CheckConstraint("email = lower(email)", name="email"))

    id: str = Field(primary_key=True, max_length=32)
    hash: str | None = Field(default=None, max_length=64)
    email: str = Field(max_length=254, index=True)
    name: str = Field(default="", max_length=200)
    locale: str = Field(max_length=16)
    password: str = Field(max_length=255)
    marketing_source: str = Field(default="", max_length=40)
    browser: str = Field(default="", max_length=64, index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class OneTimeLink(Table, table=True):
    """A link that works once: to set a new password, or to confirm a new address (`email`). Only its token's hash is stored."""

    __tablename__ = "users_link"
    __table_args__ = (CheckConstraint(f"purpose IN {PURPOSES!r}", name="purpose"),)

    hash: str = Field(primary_key=True, max_length=64)
    customer_id: str = Field(sa_column=_owner())
    purpose: str = Field(max_length=16)
    email: str = Field(default="", max_length=254)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class SavedAddress(Table, table=True):
    """An entry of the address book; at most one is the default for delivery, and one for the bill."""

    __tablename__ = "users_address"
    __table_args__ = (
        CheckConstraint("length(country) = 2 AND country = upper(country)", name="country"),
        CheckConstraint("name <> '' AND line1 <> ''", name="filled"),
        Index(
            "uq_users_address_shipping", "customer_id", unique=True,
            sqlite_where=text("default_shipping = 1"), postgresql_where=text("default_shipping"),
        ),
        Index(
            "uq_users_address_billing", "customer_id", unique=True,
            sqlite_where=text("default_billing = 1"), postgresql_where=text("default_billing"),
        ),
    )  # fmt: skip

    id: str = Field(primary_key=True, max_length=32)
    customer_id: str = Field(sa_column=_owner())
    label: str = Field(default="", max_length=60)
    name: str = Field(max_length=200)
    line1: str = Field(max_length=200)
    line2: str = Field(default="", max_length=200)
    city: str = Field(max_length=200)
    region: str = Field(default="", max_length=100)
    postal_code: str = Field(default="", max_length=20)
    country: str = Field(max_length=2)
    phone: str = Field(default="", max_length=40)
    default_shipping: bool = False
    default_billing: bool = False
    created_at: datetime = Field(sa_type=UTCDateTime)


class Consent(Table, table=True):
    """Appended each time somebody says yes or no to news: when, where, in which words."""

    __tablename__ = "users_consent"
    __table_args__ = (Index("ix_users_consent_at", "at", "id"),)

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    customer_id: str = Field(sa_column=_owner())
    at: datetime = Field(sa_type=UTCDateTime)
    given: bool
    source: str = Field(max_length=40)
    wording: str = Field(default="", max_length=500)
    locale: str = Field(default="", max_length=16)


class Group(Table, table=True):
    """Customers whom prices or pages may treat apart; `code` is what `Actor.groups` holds."""

    __tablename__ = "users_group"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint("code = lower(code) AND code <> ''", name="code"))

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    code: str = Field(max_length=40)
    name: dict[str, str] = Field(sa_type=Translated, nullable=False)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Membership(Table, table=True):
    """A customer is in a group."""

    __tablename__ = "users_membership"

    customer_id: str = Field(sa_column=_owner(primary_key=True))
    group_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("users_group.id", ondelete="CASCADE"), primary_key=True, index=True)
    )


class CustomerNote(Table, table=True):
    """What staff wrote about a customer. `once` is the form's own key, so that one sent twice is written once."""

    __tablename__ = "users_note"
    __table_args__ = (UniqueConstraint("customer_id", "once"), CheckConstraint("text <> ''", name="text"))

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    customer_id: str = Field(sa_column=_owner(index=False))
    once: str = Field(max_length=32)
    at: datetime = Field(sa_type=UTCDateTime)
    actor: str = Field(max_length=80)
    actor_name: str = Field(default="", max_length=200)
    text: str = Field(max_length=4000)

"""Tables of staff: what the back office doesn't know of them, roles, invitations, recovery codes, tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, String, UniqueConstraint
from sqlmodel import Field

from marketry.database import JSONValue, UTCDateTime
from marketry_users.models.base import Table


def _member(*, primary_key: bool = False) -> Column[int]:
    """The member of staff whom a row belongs to; it goes with them."""
    key = ForeignKey("backoffice_staff.id", ondelete="CASCADE")
    return Column(BigInteger, key, nullable=False, primary_key=primary_key, autoincrement=False, index=not primary_key)


class StaffAccount(Table, table=True):
    """Password, language and second factor of a member of staff. `factor` and `factor_pending` are sealed secrets of RFC 6238,
    the second one until its first code was typed; `factor_step` is the time step of the last code that let in: none counts twice.
    """

    __tablename__ = "users_staff"

    staff_id: int = Field(sa_column=_member(primary_key=True))
    password: str = Field(default="", max_length=255)
    password_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    locale: str = Field(default="", max_length=16)
    factor: str = Field(default="", max_length=255)
    factor_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    factor_pending: str = Field(default="", max_length=255)
    factor_step: int = Field(default=0, sa_type=BigInteger)
    wrong_codes: int = 0
    wrong_code_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RecoveryCode(Table, table=True):
    """A code that replaces the second factor once. Only its hash is stored."""

    __tablename__ = "users_recovery_code"

    hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(sa_column=_member())
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Role(Table, table=True):
    """A role that the merchant made. `limits` maps a limit's code to None (no limit) or to {currency: minor units}."""

    __tablename__ = "users_role"
    __table_args__ = (UniqueConstraint("name"),)

    key: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=80)
    note: str = Field(default="", max_length=300)
    permissions: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    limits: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue, nullable=False)
    created_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)


class RoleHolder(Table, table=True):
    """Who has which role: `role` is the key of a Role or of a starter role. Owners are not here: their row of staff says `*`."""

    __tablename__ = "users_role_holder"

    staff_id: int = Field(sa_column=_member(primary_key=True))
    role: str = Field(sa_column=Column(String(40), primary_key=True, index=True))


class Invitation(Table, table=True):
    """Somebody was asked to work here. Only the hash of the link's token is stored; sending it again makes a new one."""

    __tablename__ = "users_invitation"

    id: str = Field(primary_key=True, max_length=32)
    hash: str = Field(max_length=64, unique=True)
    email: str = Field(max_length=254, index=True)
    roles: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    locale: str = Field(max_length=16)
    invited_by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Token(Table, table=True):
    """A key for programs that act as a member of staff. `start` is how it begins, to tell it by; the rest is hashed."""

    __tablename__ = "users_token"

    id: str = Field(primary_key=True, max_length=32)
    hash: str = Field(max_length=64, unique=True)
    start: str = Field(max_length=16)
    staff_id: int = Field(sa_column=_member())
    name: str = Field(max_length=80)
    permissions: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

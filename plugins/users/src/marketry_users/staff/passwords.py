"""Passwords of staff: the same rules and the same hashing as those of customers."""

from sqlalchemy import select
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.web.sessions import end_sessions_of
from marketry_backoffice.api import Staff, subject_of
from marketry_users.domain.passwords import normal_password
from marketry_users.hashing import hasher
from marketry_users.models import StaffAccount
from marketry_users.password_rules import checked_password
from marketry_users.staff.accounts import account_of


def hash_password(ctx: Context, typed: str, email: str, name: str) -> str:
    """The hash of a password that may be used; Refused (422) where it is too easy. Takes some 25 ms: outside transactions."""
    return hasher().hash_now(ctx, checked_password(ctx, typed, email, name))


def store_password(ctx: Context, staff: Staff, hash: str) -> None:
    """`staff` signs in by this password from now on, and is signed out everywhere. Inside `ctx.writing()`."""
    account = account_of(ctx, staff.id)
    account.password, account.password_at = hash, ctx.now()
    ctx.session.flush()
    end_sessions_of(ctx, "staff", subject_of(staff))
    audit(ctx, "users.staff.password_set", subject_of(staff))


def stored_password(ctx: Context, email: str) -> tuple[int | None, str | None]:
    """Whose address this is, and their hash; (None, None) for one that isn't active staff's."""
    found = select(col(Staff.id), col(StaffAccount.password)).join(StaffAccount, col(StaffAccount.staff_id) == col(Staff.id))
    with ctx.reading() as session:
        row = session.execute(found.where(col(Staff.email) == email.strip().lower(), col(Staff.active).is_(True))).one_or_none()
    return (row[0], row[1] or None) if row else (None, None)


def is_password(ctx: Context, staff: int, typed: str) -> bool:
    """Whether this is the password of `staff`. Outside any unit of work."""
    with ctx.reading() as session:
        stored = session.scalar(select(col(StaffAccount.password)).where(col(StaffAccount.staff_id) == staff))
    return hasher().matches_now(ctx, normal_password(typed), stored or None)

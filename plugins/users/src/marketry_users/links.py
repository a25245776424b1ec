"""One-time links of customers: for a new password, or to confirm a new address. Using one deletes it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from marketry import Context
from marketry_users.models import OneTimeLink
from marketry_users.tokens import hashed, new_token

VALID = {"reset": timedelta(minutes=30), "change_email": timedelta(hours=24)}


def issue_link(ctx: Context, customer: str, purpose: str, email: str = "") -> str:
    """A token; earlier ones of the same purpose no longer work. Inside `ctx.writing()`."""
    token, now = new_token(), ctx.now()
    mine = (col(OneTimeLink.customer_id) == customer, col(OneTimeLink.purpose) == purpose)
    ctx.session.execute(delete(OneTimeLink).where(*mine))
    ctx.session.add(
        OneTimeLink(
            hash=hashed(token),
            customer_id=customer,
            purpose=purpose,
            email=email,
            created_at=now,
            expires_at=now + VALID[purpose],
        )
    )
    ctx.session.flush()
    return token


def customer_behind(ctx: Context, token: str, purpose: str) -> str | None:
    """Whose link this is, if it would work now; asking doesn't use it up."""
    return ctx.session.execute(select(col(OneTimeLink.customer_id)).where(*_live(ctx, token, purpose))).scalar_one_or_none()


def use_link(ctx: Context, token: str, purpose: str) -> tuple[str, str] | None:
    """(customer, address) of the link, which works no more; None where it is unknown, used or expired.

    One statement: of two at the same moment one gets it.
    """
    used = delete(OneTimeLink).where(*_live(ctx, token, purpose))
    row = ctx.session.execute(used.returning(col(OneTimeLink.customer_id), col(OneTimeLink.email))).one_or_none()
    return (row.customer_id, row.email) if row else None


def void_links(ctx: Context, customer: str) -> None:
    """None of the customer's links works any more: the password or the address has changed."""
    ctx.session.execute(delete(OneTimeLink).where(col(OneTimeLink.customer_id) == customer))


def _live(ctx: Context, token: str, purpose: str) -> tuple[Any, ...]:
    return (
        col(OneTimeLink.hash) == hashed(token),
        col(OneTimeLink.purpose) == purpose,
        col(OneTimeLink.expires_at) > ctx.now(),
    )

"""Forgetting what has had its time."""

from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import col

from marketry_users.models import OneTimeLink
from marketry_users.registering import sweep_registrations

if TYPE_CHECKING:
    from marketry import Context


def sweep(ctx: "Context") -> None:
    """Delete links and requests that have expired. Run by the schedule."""
    with ctx.writing() as session:
        sweep_registrations(ctx)
        session.execute(delete(OneTimeLink).where(col(OneTimeLink.expires_at) <= ctx.now()))

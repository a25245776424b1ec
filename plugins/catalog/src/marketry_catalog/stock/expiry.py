"""Reservations whose time has run out go back on sale."""

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.database import UTCDateTime
from marketry_catalog.models.stock import reservation
from marketry_catalog.stock.keeper import CatalogStock

BATCH = 200
_open = reservation.c.quantity > reservation.c.shipped + reservation.c.released
_EXPIRED = (
    select(reservation.c.subject)
    .where(reservation.c.expires_at <= bindparam("now", type_=UTCDateTime()), _open)
    .distinct()
    .limit(BATCH)
)
_STILL = (
    select(reservation.c.id)
    .where(
        reservation.c.subject == bindparam("subject"), reservation.c.expires_at <= bindparam("now", type_=UTCDateTime()), _open
    )
    .with_for_update()
)


def release_expired(ctx: Context) -> None:
    """Release them, at most 200 subjects a call, a transaction per subject."""
    with ctx.reading() as session:
        subjects = list(session.execute(_EXPIRED, {"now": ctx.now()}).scalars())
    for subject in subjects:
        _release(ctx, subject)


def _release(ctx: Context, subject: str) -> None:
    with ctx.writing() as session:
        # Asked again under lock: an order may have been paid since the list was made.
        if session.execute(_STILL, {"subject": subject, "now": ctx.now()}).first():
            CatalogStock().release_open(ctx, subject, "expire")

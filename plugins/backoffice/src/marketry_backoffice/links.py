"""One-time sign-in links: 256 random bits, kept hashed, good for 15 minutes and for one use."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import delete, select, update
from sqlmodel import col

from marketry.audit import audit
from marketry_backoffice.models import Link, Staff
from marketry_backoffice.staff import subject_of

if TYPE_CHECKING:
    from marketry import Context

VALID = timedelta(minutes=15)


def issue_link(ctx: "Context", staff: Staff, next: str = "/admin") -> str:
    """A new link for `staff`, as a whole address, which leads on to the page `next`. Inside `ctx.writing()`; the token is never
    stored, shown or logged again."""
    token, now = token_urlsafe(32), ctx.now()
    ctx.session.execute(delete(Link).where(col(Link.expires_at) <= now))
    ctx.session.add(Link(hash=_hashed(token), staff_id=staff.id, created_at=now, expires_at=now + VALID))
    ctx.session.flush()
    audit(ctx, "backoffice.link.issued", subject_of(staff))
    onward = f"&next={quote(next)}" if next != "/admin" else ""
    return ctx.url(f"/admin/enter?token={token}{onward}", absolute=True)


def is_good(ctx: "Context", token: str) -> bool:
    """Whether the link would still let somebody in; asking doesn't use it up."""
    statement = select(col(Link.hash)).where(
        col(Link.hash) == _hashed(token), col(Link.used_at).is_(None), col(Link.expires_at) > ctx.now()
    )
    return ctx.session.execute(statement).first() is not None


def redeem_link(ctx: "Context", token: str) -> Staff | None:
    """Use the link up; the person it is for, or None where it is unknown, used, expired or its owner no longer active.

    A guarded update: of two at the same moment one gets in.
    """
    hashed, now = _hashed(token), ctx.now()
    used = update(Link).where(col(Link.hash) == hashed, col(Link.used_at).is_(None), col(Link.expires_at) > now)
    if ctx.session.execute(used.values(used_at=now)).rowcount != 1:  # type: ignore[attr-defined]
        return None
    its_owner = col(Link.staff_id) == col(Staff.id)
    found = select(Staff).join(Link, its_owner).where(col(Link.hash) == hashed, col(Staff.active).is_(True))
    return ctx.session.execute(found).scalar_one_or_none()


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()

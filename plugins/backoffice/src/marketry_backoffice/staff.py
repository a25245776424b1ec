"""Who works here, and who acts in a request."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from marketry.audit import audit
from marketry.problems import invalid
from marketry.web.values import Actor, ActorKind
from marketry_backoffice.models import Staff

if TYPE_CHECKING:
    from marketry import Context

_ACTOR: Any = select(Staff.id, Staff.name, Staff.email, Staff.permissions).where(  # type: ignore[call-overload]
    Staff.id == bindparam("id"),
    Staff.active.is_(True),  # type: ignore[attr-defined]
)


def subject_of(staff: Staff) -> str:
    """What sessions and the audit trail call a member of staff: `staff:7`."""
    return f"staff:{staff.id}"


def actor_of(ctx: "Context", subject: str) -> Actor | None:
    """The actor behind a staff session's subject; None once the person is gone or no longer active."""
    _, _, number = subject.partition(":")
    with ctx.reading() as session:
        row = session.execute(_ACTOR, {"id": int(number)}).one_or_none() if number.isdecimal() else None
    return Actor(ActorKind.STAFF, f"staff:{row.id}", row.name or row.email, frozenset(row.permissions)) if row else None


def find_staff(ctx: "Context", email: str) -> Staff | None:
    """The active member of staff with this address, whatever its case."""
    statement = select(Staff).where(Staff.email == email.strip().lower(), Staff.active.is_(True))  # type: ignore[arg-type,attr-defined]
    return ctx.session.execute(statement).scalar_one_or_none()


def ensure_admin(ctx: "Context", email: str) -> Staff:
    """An active member of staff with all permissions and this address, created where there is none. Audited."""
    address = email.strip().lower()
    if not 3 <= len(address) <= 254 or "@" not in address.strip("@") or any(ch.isspace() for ch in address):
        raise invalid("bad_email", ctx.gettext("Please give an e-mail address."), "email")
    staff = ctx.session.execute(select(Staff).where(Staff.email == address)).scalar_one_or_none()  # type: ignore[arg-type]
    if staff is None:
        staff = Staff(email=address, permissions=["*"], created_at=ctx.now())
        ctx.session.add(staff)
    staff.active, staff.permissions = True, ["*"]
    ctx.session.flush()
    audit(ctx, "backoffice.staff.made_admin", subject_of(staff))
    return staff

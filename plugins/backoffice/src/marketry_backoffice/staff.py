"""Who works here, and who acts in a request."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from marketry.audit import audit
from marketry.problems import invalid
from marketry.web.values import Actor, ActorKind
from marketry_backoffice.guard import Rights, staff_guard
from marketry_backoffice.models import Staff

if TYPE_CHECKING:
    from marketry import Context

_ACTOR: Any = select(Staff.id, Staff.name, Staff.email, Staff.permissions).where(  # type: ignore[call-overload]
    Staff.id == bindparam("id"),
    Staff.active.is_(True),  # type: ignore[attr-defined]
)


_ROW: Any = select(Staff.id, Staff.name, Staff.email, Staff.active, Staff.signed_in_at, Staff.permissions)  # type: ignore[call-overload]


def subject_of(staff: Staff) -> str:
    """What sessions and the audit trail call a member of staff: `staff:7`."""
    return f"staff:{staff.id}"


def actor_of(ctx: "Context", subject: str) -> Actor | None:
    """The actor behind a staff session's subject; None once the person is gone or no longer active."""
    number = staff_id(subject)
    with ctx.reading() as session:
        row = session.execute(_ACTOR, {"id": number}).one_or_none()
        if row is None:
            return None
        guard = staff_guard(ctx)
        rights = guard.rights(ctx, row.id) if guard else Rights(frozenset(row.permissions))
    name = row.name or row.email
    return Actor(ActorKind.STAFF, f"staff:{row.id}", name, rights.permissions, limits=rights.limits)


def staff_id(subject: str) -> int:
    """The number in `staff:7`; 0, which nobody has, for anything else."""
    kind, _, number = subject.partition(":")
    return int(number) if kind == "staff" and number.isdecimal() and len(number) < 19 else 0


def find_staff(ctx: "Context", email: str) -> Staff | None:
    """The active member of staff with this address, whatever its case."""
    statement = select(Staff).where(Staff.email == email.strip().lower(), Staff.active.is_(True))  # type: ignore[arg-type,attr-defined]
    return ctx.session.execute(statement).scalar_one_or_none()


def all_staff(ctx: "Context") -> Sequence[Any]:
    """Everybody who works here or did, by address. Inside a session."""
    found: Sequence[Any] = ctx.session.execute(_ROW.order_by(Staff.email)).all()
    return found


def clean_address(ctx: "Context", email: str) -> str:
    """`email` as it is stored, lower case; Refused where it is none."""
    address = email.strip().lower()
    if not 3 <= len(address) <= 254 or "@" not in address.strip("@") or any(ch.isspace() for ch in address):
        raise invalid("bad_email", ctx.gettext("Please give an e-mail address."), "email")
    return address


def ensure_admin(ctx: "Context", email: str) -> Staff:
    """An active member of staff with all permissions and this address, created where there is none. Audited."""
    address = clean_address(ctx, email)
    staff = ctx.session.execute(select(Staff).where(Staff.email == address)).scalar_one_or_none()  # type: ignore[arg-type]
    if staff is None:
        staff = Staff(email=address, permissions=["*"], created_at=ctx.now())
        ctx.session.add(staff)
    staff.active, staff.permissions = True, ["*"]
    ctx.session.flush()
    audit(ctx, "backoffice.staff.made_admin", subject_of(staff))
    return staff

"""Who works here, as lists show it."""

from typing import TYPE_CHECKING, Any

from marketry_backoffice.guard import staff_guard
from marketry_backoffice.staff import all_staff

if TYPE_CHECKING:
    from marketry import Context


def roster(ctx: "Context") -> list[dict[str, Any]]:
    """Everybody by address, as JSON. Inside a session."""
    rows, guard = all_staff(ctx), staff_guard(ctx)
    notes = guard.notes(ctx, [row.id for row in rows]) if guard else {}
    return [
        {
            "email": row.email,
            "name": row.name,
            "roles": list(notes[row.id].roles) if row.id in notes else [],
            "permissions": sorted(row.permissions),
            "second_factor": row.id in notes and notes[row.id].second_factor,
            "active": row.active,
            "signed_in_at": row.signed_in_at.isoformat(timespec="seconds") if row.signed_in_at else None,
        }
        for row in rows
    ]

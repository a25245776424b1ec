"""From a good first step to a session: at once, or by way of a second step that another plugin asks for."""

from typing import TYPE_CHECKING

from starlette.responses import Response

from marketry.audit import audit
from marketry.problems import Problem, Refused
from marketry.web import redirect, start_session
from marketry_backoffice import half
from marketry_backoffice.guard import staff_guard
from marketry_backoffice.models import Staff
from marketry_backoffice.places import office_place
from marketry_backoffice.staff import subject_of

if TYPE_CHECKING:
    from marketry import Context


def admit(ctx: "Context", staff: Staff, next: str, way: str) -> Response:
    """What follows when `staff` has shown a password or a link (`way`, for the audit trail): in, or on to the second step.

    Inside `ctx.writing()`. `next` comes from outside and is checked here.
    """
    guard = staff_guard(ctx)
    step = guard.second_step(ctx, staff.id) if guard else None
    if step is None:
        return _enter(ctx, staff, next, way)
    response = redirect(ctx, step)
    half.hold(ctx, response, half.HalfSignedIn(staff.id, _state(ctx, staff), office_place(next)))
    return response


def half_signed_in(ctx: "Context") -> Staff | None:
    """Who stands before the second step in this browser: still active, and not signed in since. Inside a session."""
    step = half.held(ctx)
    staff = ctx.session.get(Staff, step.staff) if step else None
    return staff if staff and step and staff.active and _state(ctx, staff) == step.since else None


def complete_sign_in(ctx: "Context", way: str) -> Response:
    """The second step was good: a session, under a new id, and on to where they were going. Inside `ctx.writing()`.

    Refused (401) where nobody has taken the first step here.
    """
    step, staff = half.held(ctx), half_signed_in(ctx)
    if step is None or staff is None:
        raise Refused(Problem("sign_in_required", ctx.gettext("Please sign in first."), status=401))
    return _enter(ctx, staff, step.next, way)


def _enter(ctx: "Context", staff: Staff, next: str, way: str) -> Response:
    guard = staff_guard(ctx)
    locale = guard.locale(ctx, staff.id) if guard else None
    there = ctx.with_locale(locale) if locale in ctx.site.locales and locale else ctx
    response = redirect(there, office_place(next))
    staff.signed_in_at = ctx.now()
    start_session(ctx, response, "staff", subject_of(staff))
    half.let_go(ctx, response)
    audit(ctx, "backoffice.staff.signed_in", subject_of(staff), way=way)
    return response


def _state(ctx: "Context", staff: Staff) -> str:
    """Changes with every sign-in, so that a first step is good for one second step only, and with what the guard says."""
    guard = staff_guard(ctx)
    at = staff.signed_in_at.isoformat() if staff.signed_in_at else ""
    return f"{at}|{guard.stamp(ctx, staff.id) if guard else ''}"

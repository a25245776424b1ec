"""One's own account in the back office."""

from typing import Any

from fastapi import Response

from marketry import Context
from marketry.audit import audit
from marketry.problems import Problem, Refused, conflict, not_found
from marketry.web import Ctx, Form, Router, fresh, redirect, render, staff_only, start_session
from marketry.web.sessions import end_session_of, sessions_of
from marketry_backoffice.api import subject_of
from marketry_users.routes.staff.asked import FirstCode, NewPassword, Profile
from marketry_users.routes.staff.factor_page import factor_page
from marketry_users.settings import UserSettings
from marketry_users.staff.accounts import account_of
from marketry_users.staff.devices import described
from marketry_users.staff.factors import begin_factor, codes_left, confirm_factor, drop_factor, write_recovery_codes
from marketry_users.staff.passwords import hash_password, store_password
from marketry_users.staff.people import myself
from marketry_users.staff.roles import chosen_roles
from marketry_users.staff.ruling import role_keys
from marketry_users.staff.tokens import revoke_token, tokens

router = Router(private=True, prefix="/me")
HERE = "/admin/me"


@router.get("")
@staff_only
def me(ctx: Ctx) -> Response:
    return _page(ctx)


@router.post("")
@staff_only
def change_profile(ctx: Ctx, form: Form) -> Response:
    """Name and language; what one may do isn't among the fields, and more fields are refused."""
    try:
        asked = form.parse(Profile)
        if asked.locale not in ("", *ctx.site.locales):
            raise Refused(Problem("unknown_locale", ctx.gettext("The shop doesn't speak this language."), "locale"))
    except Refused as refused:
        return _page(ctx, refused, form.values)
    with ctx.writing():
        staff = myself(ctx)
        staff.name, account_of(ctx, staff.id).locale = asked.name, asked.locale
        ctx.session.flush()
        audit(ctx, "users.staff.profile", subject_of(staff))
    there = ctx.with_locale(asked.locale) if asked.locale else ctx
    return redirect(there, HERE, there.gettext("Saved."))


@router.get("/password")
@staff_only
@fresh
def password_page(ctx: Ctx) -> Response:
    return render(ctx, "users/staff/password.html", problems=())


@router.post("/password")
@staff_only
@fresh
def change_password(ctx: Ctx, form: Form) -> Response:
    """All sessions end; this browser gets a new one."""
    with ctx.reading():
        staff = myself(ctx)
    try:
        stored = hash_password(ctx, form.parse(NewPassword).password, staff.email, staff.name)
    except Refused as refused:
        return render(ctx, "users/staff/password.html", status=refused.status, problems=refused.problems)
    response = redirect(ctx, HERE, ctx.gettext("Your password is changed, and other browsers are signed out."))
    with ctx.writing():
        store_password(ctx, myself(ctx), stored)
        start_session(ctx, response, "staff", ctx.actor.id)
    return response


@router.get("/factor")
@staff_only
@fresh
def factor(ctx: Ctx) -> Response:
    with ctx.writing():
        staff = myself(ctx)
        secret = begin_factor(ctx, staff)
    return factor_page(ctx, staff, secret, f"{HERE}/factor", bare=False)


@router.post("/factor")
@staff_only
@fresh
def set_factor(ctx: Ctx, form: Form) -> Response:
    try:
        with ctx.writing():
            typed = form.parse(FirstCode)
            codes = confirm_factor(ctx, myself(ctx), typed.code, typed.begun)
            _end_others(ctx)
    except Refused as refused:
        with ctx.writing():
            staff = myself(ctx)
            secret = begin_factor(ctx, staff, form.get("begun")[:40])
        return factor_page(ctx, staff, secret, f"{HERE}/factor", refused, bare=False)
    return render(ctx, "users/staff/codes.html", codes=codes)


@router.post("/factor/remove")
@staff_only
@fresh
def remove_factor(ctx: Ctx) -> Response:
    """Only where the shop doesn't require one."""
    if ctx.settings(UserSettings).require_second_factor:
        raise conflict("factor_required", ctx.gettext("Here everybody has a second factor. You can set up another one."))
    response = redirect(ctx, HERE, ctx.gettext("Your second factor is gone."))
    with ctx.writing():
        drop_factor(ctx, myself(ctx))
        start_session(ctx, response, "staff", ctx.actor.id)
    return response


@router.post("/recovery-codes")
@staff_only
@fresh
def new_codes(ctx: Ctx) -> Response:
    with ctx.writing():
        staff = myself(ctx)
        if account_of(ctx, staff.id).factor_at is None:
            raise conflict("no_factor", ctx.gettext("Set up a second factor first."))
        codes = write_recovery_codes(ctx, staff)
    return render(ctx, "users/staff/codes.html", codes=codes)


@router.post("/sessions/{session}/end")
@staff_only
def end_one(ctx: Ctx, session: str) -> Response:
    with ctx.writing():
        if not end_session_of(ctx, "staff", ctx.actor.id, session):
            raise not_found(ctx.gettext("This session has ended already."))
        audit(ctx, "users.staff.session_ended", ctx.actor.id)
    return redirect(ctx, HERE, ctx.gettext("Signed out there."))


@router.post("/sessions/end-others")
@staff_only
def end_others(ctx: Ctx) -> Response:
    with ctx.writing():
        _end_others(ctx)
        audit(ctx, "users.staff.session_ended", ctx.actor.id)
    return redirect(ctx, HERE, ctx.gettext("Signed out everywhere else."))


@router.post("/tokens/{token}/revoke")
@staff_only
def revoke(ctx: Ctx, token: str) -> Response:
    with ctx.writing():
        revoke_token(ctx, token)
    return redirect(ctx, HERE, ctx.gettext("The token is revoked."))


def _end_others(ctx: Context) -> None:
    for session in sessions_of(ctx, "staff", ctx.actor.id):
        if not session.current:
            end_session_of(ctx, "staff", ctx.actor.id, session.id)


def _page(ctx: Context, refused: Refused | None = None, sent: dict[str, str] | None = None) -> Response:
    with ctx.writing():
        staff = myself(ctx)
        account = account_of(ctx, staff.id)
        values: dict[str, Any] = {
            "staff": staff, "has_password": bool(account.password), "factor_at": account.factor_at,
            "roles": chosen_roles(ctx, role_keys(ctx, staff)), "codes_left": codes_left(ctx, staff.id),
            "sessions": [(one, described(ctx, one.agent)) for one in sessions_of(ctx, "staff", ctx.actor.id)],
            "tokens": tokens(ctx, staff.id), "inputs": sent or {"name": staff.name, "locale": account.locale},
        }  # fmt: skip
    required = ctx.settings(UserSettings).require_second_factor
    return render(
        ctx, "users/staff/me.html", status=refused.status if refused else 200, required=required,
        problems=refused.problems if refused else (), **values,
    )  # fmt: skip

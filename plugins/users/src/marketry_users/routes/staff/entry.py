"""The second step of signing in: a code, a recovery code, or setting up a second factor."""

from collections.abc import Callable

from fastapi import Response

from marketry import Context
from marketry.audit import audit
from marketry.problems import Problem, Refused, invalid
from marketry.web import Ctx, Form, Router, network, public, rate_limit, redirect, render
from marketry_backoffice.api import Staff, complete_sign_in, half_signed_in, subject_of
from marketry_users.routes.staff.asked import CodeTyped, FirstCode, RecoveryTyped
from marketry_users.routes.staff.factor_page import factor_page
from marketry_users.staff.factors import begin_factor, check_code, confirm_factor, has_factor, use_recovery_code
from marketry_users.staff.guarding import ASK, SET_UP

router = Router(private=True, prefix="/sign-in")


@router.get("/code")
@public
def code_page(ctx: Ctx) -> Response:
    staff = _half(ctx, with_factor=True)
    return _ask(ctx) if staff else _start_over(ctx)


@router.post("/code")
@public
def by_code(ctx: Ctx, form: Form) -> Response:
    """The second step: the session begins here, under an id that the first step didn't know."""
    return _second(ctx, lambda staff: check_code(ctx, staff.id, form.parse(CodeTyped).code), "code", "code")


@router.post("/recovery")
@public
def by_recovery_code(ctx: Ctx, form: Form) -> Response:
    typed = form.parse(RecoveryTyped).recovery_code
    return _second(ctx, lambda staff: use_recovery_code(ctx, staff.id, typed), "recovery_code", "recovery code")


@router.get("/factor")
@public
def factor(ctx: Ctx) -> Response:
    """Who must have a second factor and has none sets it up before anything else."""
    staff = _half(ctx, with_factor=False)
    if staff is None:
        return _start_over(ctx)
    with ctx.writing():
        secret = begin_factor(ctx, staff)
    return factor_page(ctx, staff, secret, SET_UP)


@router.post("/factor")
@public
def factor_set(ctx: Ctx, form: Form) -> Response:
    """A right first code: recovery codes are shown once, and the person is in."""
    staff = _half(ctx, with_factor=False)
    if staff is None:
        return _start_over(ctx)
    try:
        rate_limit(ctx, f"users.staff.factor:{staff.id}", "20/15 minutes")
        with ctx.writing():
            typed = form.parse(FirstCode)
            entered = complete_sign_in(ctx, "second factor set up")  # first: with a factor the first step counts no more
            codes = confirm_factor(ctx, staff, typed.code, typed.begun)
    except Refused as refused:
        with ctx.writing():
            secret = begin_factor(ctx, staff, form.get("begun")[:40])
        return factor_page(ctx, staff, secret, SET_UP, refused)
    page = render(ctx, "users/staff/codes_bare.html", codes=codes, onward=entered.headers["location"])
    page.raw_headers.extend(pair for pair in entered.raw_headers if pair[0] == b"set-cookie")
    return page


def _second(ctx: Context, check: Callable[[Staff], bool], field: str, way: str) -> Response:
    staff = _half(ctx, with_factor=True)
    if staff is None:
        return _start_over(ctx)
    try:
        rate_limit(ctx, f"users.staff.code.from:{network(ctx)}", "60/15 minutes")
        if not check(staff):
            raise invalid("wrong_code", ctx.gettext("This code is wrong, or was used already."), field)
        with ctx.writing():
            return complete_sign_in(ctx, way)
    except Refused as refused:
        if refused.status == 422:
            _note(ctx, staff)
        return _ask(ctx, refused)


def _half(ctx: Context, *, with_factor: bool) -> Staff | None:
    """Who stands before the second step in this browser, if it is the one that has a factor (or has none)."""
    with ctx.reading():
        staff = half_signed_in(ctx)
        return staff if staff and has_factor(ctx, staff.id) is with_factor else None


def _note(ctx: Context, staff: Staff) -> None:
    with ctx.writing():
        audit(ctx, "users.staff.wrong_code", subject_of(staff))


def _ask(ctx: Context, refused: Refused | None = None) -> Response:
    problems: tuple[Problem, ...] = refused.problems if refused else ()
    recovery = any(problem.field == "recovery_code" for problem in problems)
    status = refused.status if refused else 200
    return render(ctx, "users/staff/code.html", status=status, problems=problems, recovery=recovery, ask=ASK)


def _start_over(ctx: Context) -> Response:
    return redirect(ctx, "/admin/sign-in", ctx.gettext("Please sign in again: too much time has passed."))

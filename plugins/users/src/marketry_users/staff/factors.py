"""Second factors: set up, asked for, replaced once by a recovery code, taken away.

Wrong codes are counted in the account's own row, in a transaction of their own, so that the limit holds in all processes and
over restarts: ten within a quarter of an hour, of a million codes of which three are right at any time.
"""

from datetime import timedelta
from hmac import compare_digest

from sqlalchemy import case, delete, func, or_, select, update
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.problems import Problem, Refused, invalid
from marketry.settings import SecretBox
from marketry.web.sessions import end_sessions_of
from marketry_backoffice.api import Staff, subject_of
from marketry_users.domain.one_time_codes import (
    RECOVERY_CODES,
    new_recovery_code,
    new_secret,
    normal_recovery_code,
    step_of,
)
from marketry_users.models import RecoveryCode, StaffAccount
from marketry_users.staff.accounts import account_of
from marketry_users.tokens import hashed

WRONG_CODES = 10
WINDOW = timedelta(minutes=15)


def begin_factor(ctx: Context, staff: Staff, mark: str = "") -> str:
    """The secret for the app of `staff`: a new one, or the one whose `mark` the form sends back. Inside `ctx.writing()`.

    A page that is opened never shows a secret that another browser was shown: who has stolen a password could look at it and
    leave the confirming to its owner.
    """
    account = account_of(ctx, staff.id)
    box = SecretBox(ctx.site.secret_keys)
    if _is_marked(account, box, mark):
        return box.open(account.factor_pending)
    secret = new_secret()
    account.factor_pending = box.seal(secret)
    ctx.session.flush()
    return secret


def mark_of(secret: str) -> str:
    """What names a secret in the form that confirms it, and tells nothing of it."""
    return hashed(f"factor:{secret}")[:24]


def _is_marked(account: StaffAccount, box: SecretBox, mark: str) -> bool:
    return bool(account.factor_pending) and compare_digest(mark_of(box.open(account.factor_pending)), mark)


def confirm_factor(ctx: Context, staff: Staff, code: str, mark: str) -> list[str]:
    """The first code of the new secret was typed: from now on it is asked for. Returns recovery codes, to be shown once.

    422 for a wrong code, or where the page was opened again since. A former factor and former recovery codes are worth nothing
    any more.
    """
    account = account_of(ctx, staff.id)
    box = SecretBox(ctx.site.secret_keys)
    if not _is_marked(account, box, mark):
        message = ctx.gettext("This page was opened once more in the meantime. Let your app read the new picture.")
        raise invalid("begun_again", message, "code")
    step = step_of(box.open(account.factor_pending), code, ctx.now().timestamp(), 0)
    if step is None:
        raise invalid("wrong_code", ctx.gettext("This code is wrong. Check that the clock of your phone is right."), "code")
    account.factor, account.factor_pending = account.factor_pending, ""
    account.factor_at, account.factor_step, account.wrong_codes = ctx.now(), step, 0
    ctx.session.flush()
    audit(ctx, "users.staff.factor_set", subject_of(staff))
    return write_recovery_codes(ctx, staff)


def has_factor(ctx: Context, staff: int) -> bool:
    """Inside a session."""
    at = select(col(StaffAccount.factor_at)).where(col(StaffAccount.staff_id) == staff)
    return ctx.session.scalar(at) is not None


def check_code(ctx: Context, staff: int, code: str) -> bool:
    """Whether `code` is the second factor of now; it then counts no second time. Outside any unit of work: a wrong one is
    written down even where the caller then refuses. 429 after too many wrong ones."""
    with ctx.writing():
        _demand_tries(ctx, staff)
        account = account_of(ctx, staff)
        secret = SecretBox(ctx.site.secret_keys).open(account.factor) if account.factor and account.factor_at else ""
        step = step_of(secret, code, ctx.now().timestamp(), account.factor_step) if secret else None
        if step is not None:
            unused = (col(StaffAccount.staff_id) == staff, col(StaffAccount.factor_step) < step)
            used = update(StaffAccount).where(*unused).values(factor_step=step, wrong_codes=0)
            if ctx.session.execute(used).rowcount == 1:  # type: ignore[attr-defined]
                return True
        _count_wrong(ctx, staff)
    return False


def use_recovery_code(ctx: Context, staff: int, code: str) -> bool:
    """Whether `code` is a recovery code that wasn't used; it then is. Outside any unit of work; 429 as for codes."""
    with ctx.writing():
        _demand_tries(ctx, staff)
        named = (col(RecoveryCode.hash) == hashed(normal_recovery_code(code)), col(RecoveryCode.staff_id) == staff)
        used = update(RecoveryCode).where(*named, col(RecoveryCode.used_at).is_(None)).values(used_at=ctx.now())
        if ctx.session.execute(used).rowcount == 1:  # type: ignore[attr-defined]
            audit(ctx, "users.staff.recovery_code_used", f"staff:{staff}", left=codes_left(ctx, staff))
            return True
        _count_wrong(ctx, staff)
    return False


def write_recovery_codes(ctx: Context, staff: Staff) -> list[str]:
    """Ten new codes in place of the former ones; returned to be shown once, stored as hashes. Inside `ctx.writing()`."""
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    ctx.session.execute(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff.id))
    ctx.session.add_all([RecoveryCode(hash=hashed(code), staff_id=staff.id) for code in codes])
    ctx.session.flush()
    audit(ctx, "users.staff.recovery_codes", subject_of(staff))
    return codes


def codes_left(ctx: Context, staff: int) -> int:
    unused = select(func.count()).select_from(RecoveryCode).where(col(RecoveryCode.staff_id) == staff)
    return ctx.session.scalar(unused.where(col(RecoveryCode.used_at).is_(None))) or 0


def drop_factor(ctx: Context, staff: Staff) -> bool:
    """Forget the second factor and its recovery codes, and sign `staff` out everywhere; whether there was one."""
    account = account_of(ctx, staff.id)
    had = account.factor_at is not None
    account.factor = account.factor_pending = ""
    account.factor_at, account.factor_step, account.wrong_codes = None, 0, 0
    ctx.session.execute(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff.id))
    ctx.session.flush()
    end_sessions_of(ctx, "staff", subject_of(staff))
    audit(ctx, "users.staff.factor_reset", subject_of(staff))
    return had


def _demand_tries(ctx: Context, staff: int) -> None:
    """Locks the row until the try is counted: of many at the same moment no more get through than one after the other."""
    row = select(StaffAccount).where(col(StaffAccount.staff_id) == staff).with_for_update()
    account = ctx.session.scalar(row.execution_options(populate_existing=True))
    at = account.wrong_code_at if account else None
    if account is not None and account.wrong_codes >= WRONG_CODES and at is not None and at + WINDOW > ctx.now():
        left = int((at + WINDOW - ctx.now()).total_seconds()) + 1
        message = ctx.gettext("Too many wrong codes. Please wait %(n)s minutes.", n=left // 60 + 1)
        raise Refused(Problem("too_many_requests", message, "code", status=429, retry_after=left))


def _count_wrong(ctx: Context, staff: int) -> None:
    now = ctx.now()
    over = or_(col(StaffAccount.wrong_code_at).is_(None), col(StaffAccount.wrong_code_at) <= now - WINDOW)
    counted = case((over, 1), else_=col(StaffAccount.wrong_codes) + 1)
    mine = update(StaffAccount).where(col(StaffAccount.staff_id) == staff)
    ctx.session.execute(mine.values(wrong_codes=counted, wrong_code_at=case((over, now), else_=col(StaffAccount.wrong_code_at))))

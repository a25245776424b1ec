"""What users bring to the back office: `marketry_backoffice.api.StaffGuard`."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col
from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.web.ratelimits import rate_limit
from marketry_backoffice.api import Rights, StaffNote
from marketry_users.domain.passwords import normal_password
from marketry_users.hashing import hasher
from marketry_users.limits import limit_sign_in
from marketry_users.models import StaffAccount
from marketry_users.settings import UserSettings
from marketry_users.staff.factors import check_code, drop_factor, has_factor
from marketry_users.staff.passwords import hash_password, is_password, store_password, stored_password
from marketry_users.staff.people import colleagues, member
from marketry_users.staff.ruling import grant_of
from marketry_users.tokens import hashed

ASK, SET_UP = "/admin/sign-in/code", "/admin/sign-in/factor"


class Guard:
    """Roles decide what staff may do; a password or a link is the first step, a code the second."""

    def rights(self, ctx: Context, staff: int) -> Rights:
        grant = grant_of(ctx, member(ctx, staff))
        return Rights(grant.permissions, grant.limits)

    async def check_password(self, ctx: Context, email: str, password: str) -> int | None:
        hasher().demand_room(ctx)
        await run_in_threadpool(limit_sign_in, ctx, f"staff {email}")
        staff, stored = await run_in_threadpool(stored_password, ctx, email)
        right = await hasher().matches(ctx, normal_password(password), stored)
        return staff if right else None

    def second_step(self, ctx: Context, staff: int) -> str | None:
        if has_factor(ctx, staff):
            return ASK
        return SET_UP if ctx.settings(UserSettings).require_second_factor else None

    def stamp(self, ctx: Context, staff: int) -> str:
        account = ctx.session.get(StaffAccount, staff)
        since = (account.password_at, account.factor_at) if account else (None, None)
        return hashed(str(since))[:16]

    def ways_to_confirm(self, ctx: Context, staff: int) -> frozenset[str]:
        with ctx.reading() as session:
            account = session.get(StaffAccount, staff)
        ways = {"password": account and account.password, "code": account and account.factor_at}
        return frozenset(way for way, there in ways.items() if there)

    def confirm(self, ctx: Context, staff: int, way: str, secret: str) -> bool:
        if way == "code":
            return check_code(ctx, staff, secret)
        rate_limit(ctx, f"users.staff.confirm:{staff}", "10/15 minutes")
        return is_password(ctx, staff, secret)

    def set_password(self, ctx: Context, staff: int, password: str) -> None:
        with ctx.reading():
            person = member(ctx, staff)
        stored = hash_password(ctx, password, person.email, person.name)
        with ctx.writing():
            store_password(ctx, member(ctx, staff), stored)

    def reset_factor(self, ctx: Context, staff: int) -> bool:
        return drop_factor(ctx, member(ctx, staff))

    def notes(self, ctx: Context, staff: Sequence[int]) -> Mapping[int, StaffNote]:
        people = (one for one in colleagues(ctx) if one.id in staff)
        return {one.id: StaffNote([role.name for role in one.roles], one.second_factor) for one in people}

    def locale(self, ctx: Context, staff: int) -> str | None:
        found = ctx.session.scalar(select(col(StaffAccount.locale)).where(col(StaffAccount.staff_id) == staff))
        return found or None

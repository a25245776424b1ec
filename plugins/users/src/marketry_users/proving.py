"""The password again, before something that only its owner may do."""

from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.problems import Problem, Refused
from marketry_users.customers import own
from marketry_users.domain.passwords import normal_password
from marketry_users.hashing import hasher
from marketry_users.limits import limit_password


async def prove(ctx: Context, password: str, field: str = "password") -> None:
    """Refuse (422) unless `password` is that of the customer who acts; 429 after too many tries."""
    stored = await run_in_threadpool(_stored, ctx)
    if not await hasher().matches(ctx, normal_password(password), stored):
        raise Refused(Problem("wrong_password", ctx.gettext("This is not your password."), field))


def _stored(ctx: Context) -> str:
    limit_password(ctx, ctx.actor.id)
    with ctx.reading():
        return own(ctx).password

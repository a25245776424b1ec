"""The password again, before something that only its owner may do."""

from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.problems import Problem, Refused
from marketry.web.values import ActorKind
from marketry_users.customers import existing, own
from marketry_users.domain.passwords import normal_password
from marketry_users.hashing import hasher
from marketry_users.limits import limit_password, limit_token
from marketry_users.links import customer_behind
from marketry_users.passwords import gone


async def prove(ctx: Context, password: str, field: str = "password") -> None:
    """Refuse (422) unless `password` is that of the customer who acts; 429 after too many tries."""
    stored = await run_in_threadpool(_stored, ctx)
    await _demand_password(ctx, password, stored, field)


async def prove_new_email(ctx: Context, token: str, password: str) -> None:
    """Refuse whoever follows the link to a new address and is neither signed in to its account nor knows its password.

    The link alone shows that somebody reads that mailbox, not that the account is theirs: else a stranger asks for another's
    address, its owner clicks, and what belongs to the address (orders bought as a guest) lands in the stranger's account.
    410 where the link doesn't work, 422 for a wrong password, 429 after too many tries.
    """
    stored = await run_in_threadpool(_stored_behind, ctx, token)
    if stored is not None:
        await _demand_password(ctx, password, stored, "password")


def is_own_link(ctx: Context, customer: str | None) -> bool:
    """Whether whoever acts is the customer behind the link."""
    return ctx.actor.kind is ActorKind.CUSTOMER and ctx.actor.id == customer


async def _demand_password(ctx: Context, password: str, stored: str, field: str) -> None:
    if not await hasher().matches(ctx, normal_password(password), stored):
        raise Refused(Problem("wrong_password", ctx.gettext("This is not your password."), field))


def _stored_behind(ctx: Context, token: str) -> str | None:
    """The hash that the password must fit; None where it needn't be asked for."""
    limit_token(ctx)
    with ctx.reading():
        customer = customer_behind(ctx, token, "change_email")
        if customer is None:
            raise gone(ctx)
        if is_own_link(ctx, customer):
            return None
        stored = existing(ctx, customer).password
    limit_password(ctx, customer)
    return stored


def _stored(ctx: Context) -> str:
    limit_password(ctx, ctx.actor.id)
    with ctx.reading():
        return own(ctx).password

"""A colleague has lost their phone: somebody else makes them start anew."""

from marketry import Context
from marketry_users.staff.factors import drop_factor
from marketry_users.staff.people import WRITE, member
from marketry_users.staff.ruling import demand_covers, demand_other, grant_of


def reset_factor(ctx: Context, id: int) -> bool:
    """Forget the second factor of `id`, who is signed out everywhere and sets up a new one at the next sign-in.

    Never one's own (a stolen session could then set up its own), nor that of somebody who holds more. Inside `ctx.writing()`.
    """
    ctx.demand(WRITE)
    staff = member(ctx, id)
    message = ctx.gettext("Your own second factor is reset by somebody else, or by a recovery code.")
    demand_other(ctx, staff, "own_factor", message)
    demand_covers(ctx, grant_of(ctx, staff))
    return drop_factor(ctx, staff)

"""A customer signs in: a session of its own for this browser, or a token for a program; others take over what was begun."""

from datetime import datetime

from starlette.responses import Response

from marketry import Context
from marketry.hookspecs import people
from marketry.web.bearer import start_bearer_session
from marketry.web.islands import hint
from marketry.web.segments import keep_price_group
from marketry.web.sessions import start_session
from marketry_users.customers import person
from marketry_users.limits import remember_browser
from marketry_users.models import Customer

ISLAND = "account"


def arrive(ctx: Context, customer: Customer, response: Response) -> None:
    """Sign `customer` in on the browser that gets `response`. Inside `ctx.writing()`.

    The session's id is new, whatever the browser sent: one that somebody planted there before is worth nothing (fixation).
    """
    customer.signed_in_at = ctx.now()
    ctx.session.flush()
    arriving = person(ctx, customer)
    ctx.hooks.each(people.customer_arriving, ctx, arriving, response)
    start_session(ctx, response, "customer", customer.id)
    keep_price_group(ctx, response, arriving.groups)
    remember_browser(ctx, response, customer.email)
    hint(ctx, response, ISLAND)


def arrive_by_token(ctx: Context, customer: Customer, response: Response) -> tuple[str, datetime]:
    """Sign `customer` in for a program: (bearer token, until when it holds). Inside `ctx.writing()`."""
    customer.signed_in_at = ctx.now()
    ctx.session.flush()
    ctx.hooks.each(people.customer_arriving, ctx, person(ctx, customer), response)
    return start_bearer_session(ctx, "customer", customer.id)

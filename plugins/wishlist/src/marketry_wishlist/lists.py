"""Whose list it is: a customer's, or that of a browser, known by a random id in a signed cookie."""

import secrets
from datetime import timedelta

from itsdangerous import BadSignature
from sqlalchemy import delete, select, update
from sqlmodel import col
from starlette.responses import Response

from marketry import Context
from marketry.commerce.people import Customer
from marketry.web import drop_cookie, hint, read_cookie, set_cookie
from marketry.web.values import ActorKind
from marketry_wishlist.models import List, Wish
from marketry_wishlist.settings import WishlistSettings

COOKIE = ISLAND = "wishlist"
DAY = timedelta(days=1)


def own_list(ctx: Context) -> List | None:
    """The list of whoever asks; None where nothing was wished for yet. Inside a session."""
    if ctx.actor.kind is ActorKind.CUSTOMER:
        return ctx.session.scalars(select(List).where(col(List.customer) == ctx.actor.id)).first()
    return guest_list(ctx, read_cookie(ctx, COOKIE) or "")


def guest_list(ctx: Context, signed: str) -> List | None:
    """The list that a signed id names (a cookie, or the token of a headless shop)."""
    days = ctx.settings(WishlistSettings).idle_days
    try:
        name = str(ctx.runtime.signer(COOKIE).loads(signed, max_age=days * 86_400)) if signed else ""
    except BadSignature:
        return None
    found = ctx.session.get(List, name) if name else None
    return found if found is not None and found.customer is None else None


def open_list(ctx: Context) -> List:
    """The list of whoever asks, made where there is none. Inside `ctx.writing()`."""
    return own_list(ctx) or new_list(ctx, ctx.actor.id if ctx.actor.kind is ActorKind.CUSTOMER else None)


def new_list(ctx: Context, customer: str | None = None) -> List:
    made = List(id=secrets.token_urlsafe(18), customer=customer, created_at=ctx.now(), used_at=ctx.now())
    ctx.session.add(made)
    ctx.session.flush()
    return made


def touch(ctx: Context, kept: List) -> None:
    """It was used today; written once a day. Inside `ctx.writing()`."""
    if ctx.now() - kept.used_at > DAY:
        kept.used_at = ctx.now()
        ctx.session.flush()


def token_of(ctx: Context, kept: List) -> str:
    """The list's id, signed: what a guest's cookie holds."""
    return str(ctx.runtime.signer(COOKIE).dumps(kept.id))


def remember(ctx: Context, response: Response, kept: List) -> None:
    """Let the browser know its list, and that there is a heart to fetch."""
    if kept.customer is None:
        days = ctx.settings(WishlistSettings).idle_days
        set_cookie(ctx, response, COOKIE, token_of(ctx, kept), max_age=days * 86_400)
    hint(ctx, response, ISLAND)


def adopt(ctx: Context, customer: Customer, response: Response) -> None:
    """The hook `customer_arriving`: what the visitor wished for goes to the customer's list, once per product."""
    kept = ctx.session.scalars(select(List).where(col(List.customer) == customer.id)).first()
    brought = guest_list(ctx, read_cookie(ctx, COOKIE) or "")
    if brought is not None and kept is None:
        brought.customer = customer.id
    elif brought is not None and kept is not None:
        there = select(col(Wish.product)).where(col(Wish.list_id) == kept.id)
        ours = col(Wish.list_id) == brought.id
        ctx.session.execute(update(Wish).where(ours, col(Wish.product).not_in(there)).values(list_id=kept.id))
        ctx.session.execute(delete(Wish).where(ours))
        ctx.session.delete(brought)
    ctx.session.flush()
    if brought is not None:
        drop_cookie(ctx, response, COOKIE)
    if brought is not None or kept is not None:
        hint(ctx, response, ISLAND)


def sweep(ctx: Context, batch: int = 500) -> None:
    """The schedule: visitors' lists that nobody opened for long."""
    before = ctx.now() - timedelta(days=ctx.settings(WishlistSettings).idle_days)
    idle = select(col(List.id)).where(col(List.customer).is_(None), col(List.used_at) < before).limit(batch)
    while True:
        with ctx.writing() as session:
            names = list(session.scalars(idle))
            session.execute(delete(Wish).where(col(Wish.list_id).in_(names)))
            session.execute(delete(List).where(col(List.id).in_(names)))
        if len(names) < batch:
            return

"""The link with which others read a list: made and withdrawn by its owner, never the list's own id."""

import secrets

from sqlalchemy import select
from sqlmodel import col

from marketry import Context
from marketry.problems import not_found
from marketry_wishlist.models import List
from marketry_wishlist.settings import WishlistSettings


def share(ctx: Context, kept: List) -> str:
    """The path of the link, the same one until it is withdrawn. Inside `ctx.writing()`."""
    _refuse_where_off(ctx)
    kept.share = kept.share or secrets.token_urlsafe(18)
    ctx.session.flush()
    return path_of(kept)


def withdraw(ctx: Context, kept: List) -> None:
    """Whoever has the link sees nothing from now on. Inside `ctx.writing()`."""
    kept.share = None
    ctx.session.flush()


def path_of(kept: List | None) -> str:
    return f"/wishlist/shared/{kept.share}" if kept is not None and kept.share else ""


def shared_list(ctx: Context, share: str) -> List:
    """The list behind a link, 404 where it was withdrawn or sharing is switched off."""
    _refuse_where_off(ctx)
    found = ctx.session.scalars(select(List).where(col(List.share) == share)).first()
    if found is None:
        raise not_found(ctx.gettext("This wish list isn't shared any more."))
    return found


def _refuse_where_off(ctx: Context) -> None:
    if not ctx.settings(WishlistSettings).sharing:
        raise not_found(ctx.gettext("This wish list isn't shared any more."))

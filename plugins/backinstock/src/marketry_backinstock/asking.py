"""Asking to be told, confirming the address, and taking it back. Inside `ctx.writing()`."""

import secrets

from sqlalchemy import delete, select
from sqlmodel import col

from marketry import Context
from marketry.commerce.items import Item
from marketry.commerce.people import CustomerBook
from marketry.problems import conflict, invalid, not_found
from marketry.web.values import ActorKind
from marketry_backinstock.goods import buyable_units, items
from marketry_backinstock.models import Supply, Waiting


def ask(ctx: Context, sku: str, email: str) -> Waiting:
    """Note the wish. A customer's own confirmed address waits at once; any other gets a mail with a link first. Asking again
    keeps one's turn, and sends the link once more."""
    item = items(ctx, [sku]).get(sku)
    if item is None:
        raise invalid("sku_unknown", ctx.gettext("Nothing is sold under this number."), "sku")
    if buyable_units(item) != 0:
        raise conflict("in_stock", ctx.gettext("%(title)s can be bought now.", title=item.title), "sku")
    row = ctx.session.scalars(select(Waiting).where(col(Waiting.sku) == sku, col(Waiting.email) == email)).first()
    if row is None or row.state == "told":
        row = _afresh(ctx, row, sku, email)
    _note_supply(ctx, item)
    if row.state == "asked":
        row.locale = ctx.locale
        _confirm_or_mail(ctx, row, item)
    ctx.session.flush()
    return row


def _afresh(ctx: Context, row: Waiting | None, sku: str, email: str) -> Waiting:
    if row is None:
        row = Waiting(
            sku=sku, email=email, locale=ctx.locale, key=secrets.token_urlsafe(18), since=ctx.now(), changed_at=ctx.now()
        )
        ctx.session.add(row)
    row.state, row.since, row.changed_at = "asked", ctx.now(), ctx.now()
    ctx.session.flush()
    return row


def _note_supply(ctx: Context, item: Item) -> None:
    known = set(ctx.session.scalars(select(col(Supply.stock_key)).where(col(Supply.sku) == item.sku)))
    keys = {demand.stock_key for demand in item.demands} - known
    ctx.session.add_all(Supply(stock_key=key, sku=item.sku) for key in sorted(keys))


def _confirm_or_mail(ctx: Context, row: Waiting, item: Item) -> None:
    if _is_own(ctx, row.email):
        row.state, row.changed_at = "waiting", ctx.now()
        return
    values = {"item": item, "link": ctx.url(f"/back-in-stock/{row.key}", absolute=True)}
    key = f"backinstock:confirm:{row.key}:{ctx.now():%Y-%m-%dT%H}"
    ctx.mail.queue(ctx, to=row.email, template="backinstock/mail/confirm", values=values, key=key, locale=row.locale)


def _is_own(ctx: Context, email: str) -> bool:
    """Whether the customer who asks is known to have this address."""
    book = ctx.service(CustomerBook)  # type: ignore[type-abstract]
    if book is None or ctx.actor.kind is not ActorKind.CUSTOMER:
        return False
    customer = book.customer(ctx, ctx.actor.id)
    return customer is not None and customer.verified and customer.email == email


def found(ctx: Context, key: str) -> Waiting:
    """The row behind a link of a mail, 404 where it was taken back or forgotten."""
    row = ctx.session.scalars(select(Waiting).where(col(Waiting.key) == key)).first()
    if row is None:
        raise not_found(ctx.gettext("This link doesn't work any more. You get no mail about this product."))
    return row


def confirm(ctx: Context, key: str) -> Waiting:
    """The address is its owner's; a second time changes nothing."""
    row = found(ctx, key)
    if row.state == "asked":
        row.state, row.changed_at = "waiting", ctx.now()
        ctx.session.flush()
    return row


def take_back(ctx: Context, key: str) -> None:
    """No mail; the address is forgotten."""
    ctx.session.execute(delete(Waiting).where(col(Waiting.key) == found(ctx, key).key))

"""Telling those who wait: once each, oldest first, and no more of them than the units that came can be fair to."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from marketry import Context
from marketry.commerce.events import ProductChanged, StockChanged
from marketry.commerce.items import Item
from marketry_backinstock.goods import buyable_units, items
from marketry_backinstock.models import Supply, Waiting
from marketry_backinstock.settings import BackInStockSettings

DAY = timedelta(days=1)
MOST_SKUS = 500  # of one look; the next look goes on


def stock_changed(ctx: Context, event: StockChanged) -> None:
    """Subscriber. Nearly always there is nothing left at that place or nobody waits: one short query, or none."""
    if event.on_hand <= event.allocated:
        return
    waits = select(col(Waiting.sku)).where(col(Waiting.sku) == col(Supply.sku), col(Waiting.state) == "waiting").exists()
    tell(ctx, list(ctx.session.scalars(select(col(Supply.sku)).where(col(Supply.stock_key) == event.stock_key, waits))))


def product_changed(ctx: Context, event: ProductChanged) -> None:
    """Subscriber: it is published again, or isn't counted any more."""
    tell(ctx, _awaited(ctx, event.skus) if event.skus else ())


def look_again(ctx: Context) -> None:
    """Schedule: whoever's turn comes a day later, and goods whose plugins publish no events."""
    with ctx.writing():
        tell(ctx, _awaited(ctx))


def _awaited(ctx: Context, skus: Sequence[str] | None = None) -> Sequence[str]:
    waits = select(col(Waiting.sku)).where(col(Waiting.state) == "waiting").distinct().limit(MOST_SKUS)
    return ctx.session.scalars(waits if skus is None else waits.where(col(Waiting.sku).in_(skus))).all()


def tell(ctx: Context, skus: Sequence[str]) -> int:
    """Queue mails about those of `skus` that can be bought now; returns how many. Inside `ctx.writing()`."""
    known = items(ctx, skus) if skus else {}
    return sum(_tell(ctx, sku, known[sku]) for sku in sorted(known))


def _tell(ctx: Context, sku: str, item: Item) -> int:
    turn = select(col(Waiting.id)).where(col(Waiting.sku) == sku, col(Waiting.state) == "waiting")
    turn = turn.order_by(col(Waiting.since), col(Waiting.id)).limit(_how_many(ctx, sku, item))
    taken = update(Waiting).where(col(Waiting.id).in_(list(ctx.session.scalars(turn))), col(Waiting.state) == "waiting")
    taken = taken.values(state="told", changed_at=ctx.now())
    told = ctx.session.execute(taken.returning(col(Waiting.email), col(Waiting.locale), col(Waiting.key))).all()
    for email, locale, key in told:
        _mail(ctx, sku, email, locale if locale in ctx.site.locales else ctx.site.locales[0], key)
    return len(told)


def _how_many(ctx: Context, sku: str, item: Item) -> int:
    """Units times the setting, less those who were told within a day and may still come."""
    settings, units = ctx.settings(BackInStockSettings), buyable_units(item)
    if units is None:
        return settings.batch
    recent = select(func.count()).select_from(Waiting)
    recent = recent.where(col(Waiting.sku) == sku, col(Waiting.state) == "told", col(Waiting.changed_at) > ctx.now() - DAY)
    return max(0, min(settings.batch, units * settings.mails_per_unit - (ctx.session.scalar(recent) or 0)))


def _mail(ctx: Context, sku: str, email: str, locale: str, key: str) -> None:
    reader = ctx.with_locale(locale)
    item = items(reader, [sku])[sku]
    values = {
        "item": item,
        "link": reader.url(item.url or "/", absolute=True),
        "stop": reader.url(f"/back-in-stock/{key}", absolute=True),
    }
    once = f"backinstock:told:{key}:{ctx.now().isoformat()}"
    ctx.mail.queue(reader, to=email, template="backinstock/mail/back", values=values, key=once, locale=locale)


def sweep(ctx: Context) -> None:
    """Schedule: forget addresses that nobody confirmed, those who were told, and those who waited in vain too long."""
    settings, now = ctx.settings(BackInStockSettings), ctx.now()
    lives = {"asked": settings.confirm_days, "told": 30, "waiting": settings.keep_days}
    with ctx.writing() as session:
        for state, days in lives.items():
            old = col(Waiting.changed_at) < now - timedelta(days=days)
            session.execute(delete(Waiting).where(col(Waiting.state) == state, old))
        session.execute(delete(Supply).where(col(Supply.sku).not_in(select(col(Waiting.sku)))))

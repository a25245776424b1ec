"""From a note in the cart to a card in the parcel."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.commerce.checkout import Draft
from marketry.commerce.events import OrderCancelled
from marketry.problems import not_found
from marketry_giftnote.models import Card
from marketry_giftnote.notes import note_of

WAITS: ColumnElement[bool] = col(Card.written_at).is_(None)


def order_cards(ctx: Context, draft: Draft) -> None:
    """A card per line with a note, in the transaction that places the order."""
    for line in draft.cart.lines:
        if note := note_of(line.data):
            card = Card(
                order_number=draft.number, title=line.item.title[:300], text=note.text, sender=note.sender,
                email=(draft.cart.email or "").lower(), ordered_at=ctx.now(),
            )  # fmt: skip
            ctx.session.add(card)


def drop_cards(ctx: Context, event: OrderCancelled) -> None:
    """Nobody writes cards for an order that was cancelled. Running twice changes nothing."""
    ctx.session.execute(delete(Card).where(col(Card.order_number) == event.number, WAITS))


def waiting(ctx: Context, limit: int = 100) -> Sequence[Card]:
    """Cards to write, oldest first."""
    return ctx.session.scalars(select(Card).where(WAITS).order_by(col(Card.ordered_at), col(Card.id)).limit(limit)).all()


def how_many_wait(ctx: Context) -> int:
    return ctx.session.scalar(select(func.count()).select_from(Card).where(WAITS)) or 0


def cards_of(ctx: Context, number: str) -> Sequence[Card]:
    """The cards of one order."""
    return ctx.session.scalars(select(Card).where(col(Card.order_number) == number).order_by(col(Card.id))).all()


def write_card(ctx: Context, card: int) -> str:
    """Mark a card as written; returns its order's number. 404 where none of this id waits."""
    written = update(Card).where(col(Card.id) == card, WAITS).values(written_at=ctx.now()).returning(col(Card.order_number))
    number = ctx.session.scalar(written)
    if number is None:
        raise not_found(ctx.gettext("This card is written already, or its order was cancelled."))
    audit(ctx, "giftnote.write_card", f"order:{number}", card=card)
    return number


def export_cards(ctx: Context, who: str) -> Mapping[str, Any]:
    """What is kept of `who`."""
    cards = ctx.session.scalars(select(Card).where(col(Card.email) == who).order_by(col(Card.id)))
    return {"cards": [{"order": card.order_number, "text": card.text, "sender": card.sender} for card in cards]}


def erase_cards(ctx: Context, who: str) -> int:
    """Blank the words of `who`; that there was a card stays."""
    erased = update(Card).where(col(Card.email) == who).values(text="", sender="", email="")
    return len(ctx.session.scalars(erased.returning(col(Card.id))).all())

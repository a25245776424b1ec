"""The provider: money on a card, authorised where the order is placed."""

from hashlib import sha256
from typing import Any

from sqlalchemy import func, select, update

from marketry import Context, Money, Problem, Refused
from marketry.commerce.payment import AttemptState, Charge, Entry, Phase, ProviderKind, Snapshot, TransactionKind
from marketry.commerce.quote import Quote
from marketry_trial_giftcard.models import Card, Move

STATES = {"authorisation": AttemptState.AUTHORISED, "capture": AttemptState.CAPTURED, "void": AttemptState.CANCELLED}


def hashed(code: str) -> str:
    return sha256(code.replace("-", "").strip().upper().encode()).hexdigest()


def balance(ctx: Context, code: str, currency: str) -> int:
    found = select(Card.balance).where(Card.hash == hashed(code), Card.currency == currency)  # type: ignore[call-overload]
    return int(ctx.session.execute(found).scalar() or 0)


class GiftCardMoney:
    """Taken off the card at once; a void or refund puts it back."""

    code, kind = "giftcard", ProviderKind.LOCAL

    def label(self, ctx: Context) -> str:
        return ctx.gettext("Gift card")

    def offered(self, ctx: Context, quote: Quote) -> Problem | None:
        code = quote.cart.data.get("giftcard", {}).get("card", {}).get("code", "")
        if code and balance(ctx, code, quote.currency) > 0:
            return None
        return Problem("giftcard_empty", ctx.gettext("Enter the code of a gift card with money on it."), "inputs/giftcard/card")

    def fee(self, ctx: Context, quote: Quote) -> Money | None:
        return None

    def initiate(self, ctx: Context, charge: Charge) -> Snapshot:
        card = hashed(str(charge.data.get("card", {}).get("code", "")))
        where: Any = (Card.hash == card, Card.currency == charge.amount.currency, Card.balance >= charge.amount.minor)
        taken = ctx.session.execute(update(Card).where(*where).values(balance=Card.balance - charge.amount.minor))
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise Refused(Problem("giftcard_short", ctx.gettext("There isn't enough on the gift card."), "payments", status=409))
        self._move(ctx, charge, card, "authorisation", charge.amount.minor, f"{charge.key}:authorisation")
        return self.fetch(ctx, charge)

    def fetch(self, ctx: Context, charge: Charge) -> Snapshot:
        rows: Any = select(Move).where(Move.payment == charge.key)  # type: ignore[arg-type]
        moves = ctx.session.execute(rows).scalars().all()
        entries = tuple(
            Entry(TransactionKind(m.kind), Phase.SUCCEEDED, Money(m.amount, charge.amount.currency), m.key) for m in moves
        )
        done = {m.kind for m in moves}
        state = next(STATES[kind] for kind in ("capture", "void", "authorisation") if kind in done)
        return Snapshot(state, remote_id=charge.key, entries=entries)

    def capture(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        self._move(ctx, charge, self._card(ctx, charge), "capture", amount.minor, key)
        return self.fetch(ctx, charge)

    def void(self, ctx: Context, charge: Charge, key: str) -> Snapshot:
        return self._back(ctx, charge, charge.amount.minor - self._total(ctx, charge, "capture"), "void", key)

    def refund(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        return self._back(ctx, charge, amount.minor, "refund", key)

    def _back(self, ctx: Context, charge: Charge, minor: int, kind: str, key: str) -> Snapshot:
        card = self._card(ctx, charge)
        if self._move(ctx, charge, card, kind, minor, key):
            ctx.session.execute(update(Card).where(Card.hash == card).values(balance=Card.balance + minor))  # type: ignore[arg-type]
        return self.fetch(ctx, charge)

    def _move(self, ctx: Context, charge: Charge, card: str, kind: str, amount: int, key: str) -> bool:
        if ctx.session.get(Move, key) is not None:
            return False
        ctx.session.add(Move(key=key, payment=charge.key, card=card, kind=kind, amount=amount))
        ctx.session.flush()
        return True

    def _card(self, ctx: Context, charge: Charge) -> str:
        found = select(Move.card).where(Move.payment == charge.key).limit(1)  # type: ignore[call-overload]
        return str(ctx.session.execute(found).scalar_one())

    def _total(self, ctx: Context, charge: Charge, kind: str) -> int:
        moves: Any = (Move.payment == charge.key, Move.kind == kind)
        return int(ctx.session.execute(select(func.coalesce(func.sum(Move.amount), 0)).where(*moves)).scalar_one())

"""An order's payment status and what is still due, from the ledgers of all its attempts. Amounts are minor units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketry.commerce.payment import AttemptState
from marketry_orders.domain.ledger import OPEN_STATES, Ledger, Totals
from marketry_orders.domain.states import PaymentStatus


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as the order sees it. `trusted`: nothing is odd about it, or staff have looked and accepted it."""

    ledger: Ledger
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Balance:
    """Of trusted attempts only. `held` is captured minus given back; `due` what the buyer has not paid yet: money that was given
    back is not owed again."""

    total: int
    captured: int
    refunded: int
    held: int

    @property
    def due(self) -> int:
        return max(0, self.total - self.captured)

    @property
    def excess(self) -> int:
        return max(0, self.held - self.total)


def balance(total: int, attempts: Iterable[Attempt]) -> Balance:
    totals = [a.ledger.totals() for a in attempts if a.trusted]
    captured = sum(t.captured for t in totals)
    refunded = sum(t.refunded for t in totals)
    return Balance(total, captured, refunded, sum(t.net for t in totals))


def payment_status(total: int, attempts: Sequence[Attempt]) -> PaymentStatus:
    """The order's payment status. An attempt in review counts as pending, never as money."""
    trusted = [a.ledger for a in attempts if a.trusted]
    totals = [ledger.totals() for ledger in trusted]
    if any(t.disputed or t.charged_back for t in totals):
        return PaymentStatus.DISPUTED
    if any(t.captured for t in totals):
        return _with_money(balance(total, attempts))
    if total <= 0:
        return PaymentStatus.PAID
    return _before_money(total, attempts, trusted, totals)


def _with_money(figures: Balance) -> PaymentStatus:
    if figures.refunded and figures.held <= 0:
        return PaymentStatus.REFUNDED
    if figures.held > figures.total:
        return PaymentStatus.OVERPAID
    if figures.held == figures.total:
        return PaymentStatus.PAID
    return PaymentStatus.PARTIALLY_REFUNDED if figures.refunded else PaymentStatus.PARTIALLY_PAID


def _before_money(total: int, attempts: Sequence[Attempt], trusted: Sequence[Ledger], totals: Sequence[Totals]) -> PaymentStatus:
    authorised = sum(ledger.capturable for ledger in trusted)
    if authorised >= total:
        return PaymentStatus.AUTHORISED
    if authorised or len(trusted) < len(attempts) or any(ledger.state in OPEN_STATES for ledger in trusted):
        return PaymentStatus.PENDING
    let_go = (AttemptState.CANCELLED, AttemptState.EXPIRED)
    if any(t.authorised and ledger.state in let_go for t, ledger in zip(totals, trusted, strict=True)):
        return PaymentStatus.VOIDED
    return PaymentStatus.NONE


@dataclass(frozen=True, slots=True)
class Refundable:
    """What one attempt can give back."""

    payment: str
    amount: int


class TooMuch(ValueError):
    """More was asked for than can be given back; `most` is the limit."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} can be given back")
        self.most = most


def distribute(amount: int, refundables: Sequence[Refundable]) -> list[Refundable]:
    """Spread a refund over attempts, the last first: the one that took the remainder is the buyer's own money, while
    gift cards and credit stand before it and are touched only when it is used up. Raises TooMuch."""
    most = sum(r.amount for r in refundables)
    if amount > most:
        raise TooMuch(most)
    shares = []
    for refundable in reversed(refundables):
        share = min(amount, refundable.amount)
        if share:
            shares.append(Refundable(refundable.payment, share))
            amount -= share
    return shares

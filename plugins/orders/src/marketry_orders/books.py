"""Between the tables and the ledger: reads an order's attempts as pure values."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketry import Context
from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Entry, Phase, ProviderKind, TransactionKind
from marketry_orders.domain.ledger import Expected, Ledger, Mismatch
from marketry_orders.domain.paying import Attempt, Balance, balance, payment_status
from marketry_orders.domain.states import PaymentStatus
from marketry_orders.models import Operation, Order, Payment, Transaction

UNSETTLED = ("requested", "sent")


def trusted(payment: Payment) -> bool:
    """Whether the attempt's money counts: nothing is odd about it, or staff accepted exactly this oddity."""
    return not payment.needs_review or payment.needs_review == payment.accepted_review


@dataclass(frozen=True, slots=True)
class Book:
    """One attempt: its row, its ledger, and minor units bound by refunds that were asked for and not answered yet."""

    payment: Payment
    ledger: Ledger
    asked_back: int = 0
    asked_for: int = 0

    @property
    def trusted(self) -> bool:
        return trusted(self.payment)

    @property
    def refundable(self) -> int:
        return max(0, self.ledger.totals().refundable - self.asked_back)

    @property
    def capturable(self) -> int:
        return max(0, self.ledger.capturable - self.asked_for) if self.trusted else 0

    @property
    def outstanding(self) -> int:
        """What the attempt was started for and has not brought yet."""
        return max(0, self.payment.amount - self.ledger.totals().captured)


@dataclass(frozen=True, slots=True)
class Books:
    """All attempts of one order, in the order of their position."""

    total: int
    books: tuple[Book, ...]

    def of(self, payment_id: str) -> Book | None:
        return next((book for book in self.books if book.payment.id == payment_id), None)

    @property
    def attempts(self) -> list[Attempt]:
        return [Attempt(book.ledger, book.trusted) for book in self.books]

    @property
    def balance(self) -> Balance:
        return balance(self.total, self.attempts)

    @property
    def status(self) -> PaymentStatus:
        return payment_status(self.total, self.attempts)

    @property
    def refundable(self) -> int:
        return sum(book.refundable for book in self.books)


def books_of(ctx: Context, order: Order) -> Books:
    """The books as they stand in the current unit of work: three statements, whatever the number of payments."""
    session = ctx.session
    payments = session.scalars(
        select(Payment).where(Payment.order_id == order.id).order_by(Payment.position, Payment.id)  # type: ignore[arg-type]
    ).all()
    by_payment: dict[str, list[Transaction]] = defaultdict(list)
    for row in session.scalars(select(Transaction).where(Transaction.order_id == order.id)):  # type: ignore[arg-type]
        by_payment[row.payment_id].append(row)
    operations = session.scalars(
        select(Operation).where(Operation.order_id == order.id, Operation.state.in_(UNSETTLED))  # type: ignore[arg-type,attr-defined]
    ).all()
    return Books(order.total, tuple(_book(p, by_payment[p.id], operations) for p in payments))


def _book(payment: Payment, rows: Sequence[Transaction], operations: Iterable[Operation]) -> Book:
    mine = [operation for operation in operations if operation.payment_id == payment.id]
    return Book(
        payment,
        ledger_of(payment, rows),
        asked_back=sum(operation.amount for operation in mine if operation.kind == "refund"),
        asked_for=sum(operation.amount for operation in mine if operation.kind in ("capture", "void")),
    )


def ledger_of(payment: Payment, rows: Iterable[Transaction]) -> Ledger:
    """The attempt's ledger. Where people pay by hand, another amount than asked is their affair, not a mismatch."""
    expected = Expected(
        Money(payment.amount, payment.currency), payment.kind != ProviderKind.DEFERRED, payment.account, payment.live
    )
    strange = frozenset(Mismatch(code, detail) for code, detail in payment.strange)
    return Ledger(expected, frozenset(map(entry_of, rows)), AttemptState(payment.state), strange)


def entry_of(row: Transaction) -> Entry:
    return Entry(TransactionKind(row.kind), Phase(row.phase), Money(row.amount, row.currency), row.remote_id)

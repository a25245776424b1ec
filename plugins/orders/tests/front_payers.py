"""Providers of all kinds for tests: a gateway that answers as told, and credit that lies in our own database."""

from typing import Any

from sqlalchemy import text

from marketry import Money, Plugin
from marketry.commerce.payment import Action, AttemptState, Entry, Phase, ProviderKind, Snapshot, TransactionKind
from marketry.problems import Problem, Refused
from marketry.testing.inline import inline_plugin


class Payer:
    fee_minor = 0

    def label(self, ctx: Any) -> str:
        return self.code.capitalize()

    def offered(self, ctx: Any, quote: Any) -> Problem | None:
        return None

    def fee(self, ctx: Any, quote: Any) -> Money | None:
        return None


class Gateway(Payer):
    """Remote: `answer` is a snapshot, or an exception to raise. `asked` holds the charges; `in_transaction` how it was called."""

    code, kind = "gateway", ProviderKind.REMOTE

    def __init__(self) -> None:
        self.answer: Any = Snapshot(
            AttemptState.REQUIRES_ACTION, remote_id="r-1", action=Action("redirect", "https://gateway.example/pay/r-1")
        )
        self.asked: list[Any] = []
        self.in_transaction: list[bool] = []

    def initiate(self, ctx: Any, charge: Any) -> Snapshot:
        self.asked.append(charge)
        self.in_transaction.append(ctx.in_transaction)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def fetch(self, ctx: Any, charge: Any) -> Snapshot:
        return Snapshot(AttemptState.PROCESSING, remote_id=charge.remote_id)

    capture = void = refund = fetch


class Credit(Payer):
    """Local: takes from the balance of `trial_credit` inside the transaction, and gives back on void."""

    code, kind = "credit", ProviderKind.LOCAL

    def initiate(self, ctx: Any, charge: Any) -> Snapshot:
        if not self._move(ctx, -charge.amount.minor):
            raise Refused(Problem("credit_too_low", "There is not enough credit.", "payments"))
        return self._entry(AttemptState.AUTHORISED, TransactionKind.AUTHORISATION, charge.amount, charge.key)

    def capture(self, ctx: Any, charge: Any, amount: Money, key: str) -> Snapshot:
        return self._entry(AttemptState.CAPTURED, TransactionKind.CAPTURE, amount, key)

    def void(self, ctx: Any, charge: Any, key: str) -> Snapshot:
        self._move(ctx, charge.amount.minor)
        return self._entry(AttemptState.CANCELLED, TransactionKind.VOID, charge.amount, key)

    def fetch(self, ctx: Any, charge: Any) -> Snapshot:
        return Snapshot(AttemptState.AUTHORISED)

    def refund(self, ctx: Any, charge: Any, amount: Money, key: str) -> Snapshot:
        self._move(ctx, amount.minor)
        return self._entry(AttemptState.CAPTURED, TransactionKind.REFUND, amount, key)

    def _entry(self, state: AttemptState, kind: TransactionKind, amount: Money, key: str) -> Snapshot:
        return Snapshot(state, entries=(Entry(kind, Phase.SUCCEEDED, amount, key),))

    def _move(self, ctx: Any, minor: int) -> bool:
        moved = ctx.session.execute(
            text("UPDATE trial_credit SET balance = balance + :minor WHERE balance + :minor >= 0"), {"minor": minor}
        )
        return moved.rowcount == 1


def payers(*providers: Any) -> Any:
    return inline_plugin(Plugin("trial_payers", "Trial payers"), payment_providers=lambda: providers)


def give_credit(runtime: Any, minor: int) -> None:
    with runtime.database.writing() as session:
        session.execute(text("CREATE TABLE trial_credit (balance INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO trial_credit VALUES (:minor)"), {"minor": minor})


def credit_left(runtime: Any) -> int:
    with runtime.database.reading() as session:
        return int(session.execute(text("SELECT balance FROM trial_credit")).scalar_one())

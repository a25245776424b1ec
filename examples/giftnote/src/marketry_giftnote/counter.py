"""Paying at the counter: nobody can be asked whether the money is there, so what staff record is the truth."""

from typing import TYPE_CHECKING

from marketry.commerce.money import Money
from marketry.commerce.payment import Action, AttemptState, Charge, Entry, Phase, ProviderKind, Snapshot, TransactionKind
from marketry.commerce.quote import Quote
from marketry.problems import Problem
from marketry_giftnote.settings import GiftNoteSettings

if TYPE_CHECKING:
    from marketry import Context


class Counter:
    """A deferred provider. An entry's `remote_id` is the key of the operation: recorded twice, it counts once."""

    code = "counter"
    kind = ProviderKind.DEFERRED

    def label(self, ctx: "Context") -> str:
        return ctx.gettext("Pay at the counter")

    def offered(self, ctx: "Context", quote: Quote) -> Problem | None:
        if ctx.settings(GiftNoteSettings).counter:
            return None
        return Problem("payment_method_unavailable", ctx.gettext("You can't pay at the counter now."), "payments")

    def fee(self, ctx: "Context", quote: Quote) -> Money | None:
        return None

    def initiate(self, ctx: "Context", charge: Charge) -> Snapshot:
        """Nothing has come yet; the buyer is told what to bring. Called inside the placing transaction."""
        action = Action("show", instructions={"Amount": ctx.money(charge.amount), "Reference": charge.order_number})
        return Snapshot(AttemptState.REQUIRES_ACTION, remote_id=charge.key, action=action)

    def fetch(self, ctx: "Context", charge: Charge) -> Snapshot:
        """No news."""
        return Snapshot(AttemptState.PROCESSING, remote_id=charge.remote_id)

    def capture(self, ctx: "Context", charge: Charge, amount: Money, key: str) -> Snapshot:
        return _recorded(AttemptState.CAPTURED, charge, TransactionKind.CAPTURE, amount, key)

    def void(self, ctx: "Context", charge: Charge, key: str) -> Snapshot:
        return _recorded(AttemptState.CANCELLED, charge, TransactionKind.VOID, charge.amount, key)

    def refund(self, ctx: "Context", charge: Charge, amount: Money, key: str) -> Snapshot:
        return _recorded(AttemptState.CAPTURED, charge, TransactionKind.REFUND, amount, key)


def _recorded(state: AttemptState, charge: Charge, kind: TransactionKind, amount: Money, key: str) -> Snapshot:
    return Snapshot(state, remote_id=charge.remote_id, entries=(Entry(kind, Phase.SUCCEEDED, amount, key),))

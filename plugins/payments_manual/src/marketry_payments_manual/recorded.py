"""The half that both providers share: money moves outside, and what staff record is the truth."""

from typing import TYPE_CHECKING

from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Charge, Entry, Phase, ProviderKind, Snapshot, TransactionKind

if TYPE_CHECKING:
    from marketry import Context


class RecordedByStaff:
    """A deferred provider. Nobody can be asked whether the money came, so `fetch` never brings news, and what staff
    record succeeds at once. Every entry's `remote_id` is the key of the operation, so recording it twice changes nothing."""

    kind = ProviderKind.DEFERRED

    def fetch(self, ctx: "Context", charge: Charge) -> Snapshot:
        """No entries, no action, no deadline: a fold of it leaves the attempt as it is."""
        return Snapshot(AttemptState.PROCESSING, remote_id=charge.remote_id)

    def capture(self, ctx: "Context", charge: Charge, amount: Money, key: str) -> Snapshot:
        """Staff say that `amount` has arrived."""
        return _recorded(AttemptState.CAPTURED, charge, TransactionKind.CAPTURE, amount, key)

    def void(self, ctx: "Context", charge: Charge, key: str) -> Snapshot:
        """Nothing is expected any more."""
        return _recorded(AttemptState.CANCELLED, charge, TransactionKind.VOID, charge.amount, key)

    def refund(self, ctx: "Context", charge: Charge, amount: Money, key: str) -> Snapshot:
        """Staff say that they have sent `amount` back."""
        return _recorded(AttemptState.CAPTURED, charge, TransactionKind.REFUND, amount, key)


def _recorded(state: AttemptState, charge: Charge, kind: TransactionKind, amount: Money, key: str) -> Snapshot:
    return Snapshot(state, remote_id=charge.remote_id, entries=(Entry(kind, Phase.SUCCEEDED, amount, key),))

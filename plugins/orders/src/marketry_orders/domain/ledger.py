"""The ledger of one payment attempt: an append-only set of entries, everything else computed from it.

Each report of a movement is kept as (kind, remote_id, phase, amount, currency). A set has no order and no repetition, and
every figure below is a function of the set; so snapshots may arrive twice, late or out of order and the books agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Entry, Phase, Snapshot, TransactionKind

_K, _S = TransactionKind, AttemptState

# The further state of two wins. Money that came beats everything; an attempt let go stays let go.
STATE_RANK: dict[AttemptState, int] = {
    state: rank
    for rank, state in enumerate(
        (_S.CREATED, _S.REQUIRES_ACTION, _S.PROCESSING, _S.FAILED, _S.AUTHORISED, _S.EXPIRED, _S.CANCELLED, _S.CAPTURED)
    )
}
OPEN_STATES = frozenset({_S.CREATED, _S.REQUIRES_ACTION, _S.PROCESSING})

# Money taken is final unless the bank opens a chargeback; money given back may still bounce (a closed account), and a
# dispute may still be won: there "failed" is the later word.
_TAKING = {Phase.PENDING: 0, Phase.FAILED: 1, Phase.SUCCEEDED: 2}
_RETURNING = {Phase.PENDING: 0, Phase.SUCCEEDED: 1, Phase.FAILED: 2}
PHASE_RANK = {
    _K.AUTHORISATION: _TAKING,
    _K.CAPTURE: _TAKING,
    _K.VOID: _TAKING,
    _K.REFUND: _RETURNING,
    _K.CHARGEBACK: _RETURNING,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What an attempt was started for. `exact`: the provider must take `amount`, not another (not so where people pay
    by hand). `account` "" and `live` None: not compared."""

    amount: Money
    exact: bool = True
    account: str = ""
    live: bool | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why an attempt needs a person: `code` is amount, currency, account, mode or entry; `detail` in plain words."""

    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Totals:
    """Minor units of the attempt's currency. `refunding` and `disputed` are pending; they bind the amount."""

    authorised: int = 0
    captured: int = 0
    voided: int = 0
    refunded: int = 0
    refunding: int = 0
    charged_back: int = 0
    disputed: int = 0

    @property
    def refundable(self) -> int:
        """What may still be given back by this attempt."""
        return max(0, self.captured - self.refunded - self.refunding - self.charged_back - self.disputed)

    @property
    def net(self) -> int:
        """What the shop holds."""
        return self.captured - self.refunded - self.charged_back


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of one attempt. `strange` keeps what only a snapshot shows (a foreign account, the wrong mode)."""

    expected: Expected
    entries: frozenset[Entry] = frozenset()
    state: AttemptState = _S.CREATED
    strange: frozenset[Mismatch] = frozenset()

    @property
    def currency(self) -> str:
        return self.expected.amount.currency

    def effective(self) -> list[Entry]:
        """One entry per (kind, remote_id): its furthest phase, in a fixed order."""
        best: dict[tuple[TransactionKind, str], Entry] = {}
        for entry in self.entries:
            at = (entry.kind, entry.remote_id)
            if at not in best or _weight(entry) > _weight(best[at]):
                best[at] = entry
        return [best[at] for at in sorted(best)]

    def totals(self) -> Totals:
        """Sums over effective entries in the attempt's own currency; another currency counts for nothing."""
        entries = [e for e in self.effective() if e.amount.currency == self.currency]

        def of(kind: TransactionKind, phase: Phase) -> int:
            return sum(e.amount.minor for e in entries if e.kind == kind and e.phase == phase)

        return Totals(
            authorised=of(_K.AUTHORISATION, Phase.SUCCEEDED),
            captured=of(_K.CAPTURE, Phase.SUCCEEDED),
            voided=of(_K.VOID, Phase.SUCCEEDED),
            refunded=of(_K.REFUND, Phase.SUCCEEDED),
            refunding=of(_K.REFUND, Phase.PENDING),
            charged_back=of(_K.CHARGEBACK, Phase.SUCCEEDED),
            disputed=of(_K.CHARGEBACK, Phase.PENDING),
        )

    @property
    def capturable(self) -> int:
        """What is authorised and neither taken nor let go."""
        totals = self.totals()
        if self.state is not _S.AUTHORISED and not (self.state is _S.CAPTURED and totals.authorised):
            return 0
        return max(0, totals.authorised - totals.captured - totals.voided)

    @property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """Why a person must look before this attempt's money counts; empty: it fits what was asked."""
        found = self.strange | set(_entry_mismatches(self)) | set(_sum_mismatches(self))
        return tuple(sorted(found, key=str))


def fold(ledger: Ledger, snapshot: Snapshot) -> Ledger:
    """`ledger` with everything `snapshot` knows: idempotent, and the order of snapshots doesn't matter."""
    entries = ledger.entries | {replace(e, message="", key="") for e in snapshot.entries}
    state = max((ledger.state, snapshot.state, _implied(entries)), key=STATE_RANK.__getitem__)
    strange = ledger.strange | set(_strange(ledger.expected, snapshot))
    return replace(ledger, entries=entries, state=state, strange=strange)


def _weight(entry: Entry) -> tuple[int, int, str]:
    return (PHASE_RANK[entry.kind][entry.phase], entry.amount.minor, entry.amount.currency)


def _implied(entries: Iterable[Entry]) -> AttemptState:
    succeeded = {e.kind for e in entries if e.phase is Phase.SUCCEEDED}
    if _K.CAPTURE in succeeded:
        return _S.CAPTURED
    if _K.VOID in succeeded:
        return _S.CANCELLED
    return _S.AUTHORISED if _K.AUTHORISATION in succeeded else _S.CREATED


def _strange(expected: Expected, snapshot: Snapshot) -> Iterable[Mismatch]:
    if expected.account and snapshot.account and snapshot.account != expected.account:
        yield Mismatch("account", f"paid to account {snapshot.account}, expected {expected.account}")
    if expected.live is not None and snapshot.live is not None and snapshot.live != expected.live:
        yield Mismatch("mode", "a test payment for a live order" if expected.live else "a live payment for a test order")


def _entry_mismatches(ledger: Ledger) -> Iterable[Mismatch]:
    seen: dict[tuple[TransactionKind, str], Entry] = {}
    for entry in ledger.entries:
        if entry.amount.currency != ledger.currency:
            yield Mismatch("currency", f"{entry.kind} in {entry.amount.currency}, expected {ledger.currency}")
        if entry.amount.minor < 0:
            yield Mismatch("amount", f"{entry.kind} of a negative amount")
        if seen.setdefault((entry.kind, entry.remote_id), entry).amount != entry.amount:
            yield Mismatch("amount", f"{entry.kind} {entry.remote_id} was reported with two amounts")


def _sum_mismatches(ledger: Ledger) -> Iterable[Mismatch]:
    """What only the sums show: more than was asked; less, where there is no authorisation to take a part of."""
    amount, totals = ledger.expected.amount.minor, ledger.totals()
    if ledger.state is _S.CAPTURED and not totals.captured and amount:
        yield Mismatch("entry", "reported as captured without an entry that says how much")
    if not ledger.expected.exact:
        return
    if totals.authorised > amount:
        yield Mismatch("amount", f"authorised {totals.authorised}, expected {amount}")
    if totals.captured > amount:
        yield Mismatch("amount", f"captured {totals.captured}, expected {amount}")
    if 0 < totals.captured < amount and not totals.authorised:
        yield Mismatch("amount", f"captured only {totals.captured}, expected {amount}")

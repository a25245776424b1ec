"""The contract of payment providers. A provider moves money (or promises it); orders keep the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from marketry.commerce.addresses import Address
from marketry.commerce.money import Money
from marketry.commerce.quote import Quote
from marketry.problems import Problem

if TYPE_CHECKING:
    from marketry.context import Context


class ProviderKind(StrEnum):
    REMOTE = "remote"  # a gateway: asked after the order is committed
    LOCAL = "local"  # gift card, credit, points: authorised inside the placing transaction
    DEFERRED = "deferred"  # bank transfer, on delivery: staff say when the money came


class AttemptState(StrEnum):
    """FAILED is said when the attempt is over; while the buyer may still try another card it is REQUIRES_ACTION."""

    CREATED = "created"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class TransactionKind(StrEnum):
    AUTHORISATION = "authorisation"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    CHARGEBACK = "chargeback"


class Phase(StrEnum):
    """How far one ledger entry is. Only `succeeded` entries count in totals; `pending` ones bind the amount."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A saved means of payment: `token` is opaque, `label` for people (`Visa •••• 4242`).

    `expires` is the last month in which it can be used (`2034-12`), empty where it has none. `same_as` is equal for the same
    card saved twice, empty where the provider can't tell.
    """

    token: str
    label: str
    expires: str = ""
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a provider is asked to collect. `key` is the attempt's stable idempotency key.

    `data` is the buyer's own input for this method (a gift card's code); `remote_id` what `initiate` returned before.
    `operations` are the keys of refunds whose end isn't known, for providers that can't list a payment's refunds.
    `created_at` (UTC) is when the attempt was made: deadlines are counted from it, so that asking again asks the same.
    `save_instrument`: the buyer, who is the signed-in `customer`, wants to pay so the next time, too; `saved` is what they have
    at this provider already, so that it can be kept beside it. `instrument`: the saved one that they chose to pay with.
    """

    key: str
    order_number: str
    amount: Money
    method: str
    return_url: str = ""
    cancel_url: str = ""
    email: str = ""
    locale: str = "en"
    description: str = ""
    billing_address: Address | None = None
    shipping_address: Address | None = None
    remote_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    save_instrument: bool = False
    customer: str | None = None
    operations: tuple[str, ...] = ()
    created_at: datetime | None = None
    saved: tuple[Instrument, ...] = ()
    instrument: Instrument | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What the buyer does next: `redirect` to `url`, `show` instructions (bank details), or `qr` with content `url`.

    Keys of `instructions` are English labels, translated where they are shown. `template` (`x/paying.html`, with a `.txt`
    beside it for mails) draws the action with the variable `action`; without one the instructions are a plain list.
    """

    kind: str
    url: str = ""
    instructions: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None
    template: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement as the provider reports it. (`kind`, `remote_id`) is unique per attempt; amounts are positive.

    `key` is the idempotency key of the operation that made it, where the provider knows it.
    """

    kind: TransactionKind
    phase: Phase
    amount: Money
    remote_id: str
    message: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole truth of one remote payment now; folding it twice or out of order changes nothing.

    `entries` are all movements so far. `account` and `live` are compared with the settings: a mismatch goes to review.
    `expired_at` / `expires_at` UTC.
    """

    state: AttemptState
    remote_id: str | None = None
    entries: tuple[Entry, ...] = ()
    action: Action | None = None
    account: str = ""
    live: bool | None = None
    problem: Problem | None = None
    expires_at: datetime | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A parsed, authenticated webhook: its unique event id and the remote payment it speaks of. A hint, never truth.

    `operation` is the key of the refund it speaks of, if it does: `fetch` then finds it in `Charge.operations`.
    `amount` is what it says was to be paid in all, for gateways that tell shops to compare it: a notice that names another
    amount than was asked is written down and set aside.
    """

    event_id: str
    remote_id: str | None = None
    key: str | None = None
    kind: str = ""
    operation: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A webhook as it came: exact body bytes, lower-case header names, query string."""

    body: bytes
    headers: Mapping[str, str]
    query: str = ""


@runtime_checkable
class PaymentProvider(Protocol):
    """Every method a buyer can choose. Kinds differ in which of the further protocols they also satisfy.

    `code` is unique in the site and fixed for ever (orders keep it). `label(ctx)` is what the
    buyer reads.
    """

    @property
    def code(self) -> str: ...

    @property
    def kind(self) -> ProviderKind: ...

    def label(self, ctx: "Context") -> str: ...

    def offered(self, ctx: "Context", quote: Quote) -> Problem | None:
        """None when the buyer may choose it for this quote, otherwise why not (shown only when chosen through JSON)."""
        ...

    def fee(self, ctx: "Context", quote: Quote) -> Money | None:
        """A surcharge for choosing it (cash on delivery), added in stage FEE; None or zero: none."""
        ...

    def initiate(self, ctx: "Context", charge: Charge) -> Snapshot:
        """Start collecting. REMOTE: after commit, outside any transaction, idempotent per `charge.key`.
        DEFERRED: inside the placing transaction, no I/O. LOCAL: inside the placing transaction; authorises through
        `ctx.session` or raises Refused."""
        ...

    def fetch(self, ctx: "Context", charge: Charge) -> Snapshot:
        """The only truth of a payment: everything the provider knows of it now."""
        ...

    def capture(self, ctx: "Context", charge: Charge, amount: Money, key: str) -> Snapshot: ...

    def void(self, ctx: "Context", charge: Charge, key: str) -> Snapshot: ...

    def refund(self, ctx: "Context", charge: Charge, amount: Money, key: str) -> Snapshot:
        """Give `amount` back, idempotent per `key`. The snapshot holds a REFUND entry whose remote_id belongs to `key`: PENDING
        where `fetch` will tell how it ends; none where only asking again can, which then happens under the same `key`."""
        ...


@runtime_checkable
class RedirectsBuyers(Protocol):
    """A provider whose actions lead the buyer to pages of its own."""

    def redirect_hosts(self, ctx: "Context") -> Sequence[str]:
        """Their origins (`https://checkout.example.com`), by the settings of now. Payment pages add them to form-action."""
        ...


@runtime_checkable
class WebhookReceiver(Protocol):
    """A provider that is told of changes. `parse_webhook` authenticates the raw body and raises Refused if forged."""

    def parse_webhook(self, ctx: "Context", request: RawRequest) -> Notice: ...

    def acknowledge(self, ctx: "Context", notice: Notice) -> tuple[int, str]:
        """Status and body that the sender expects once the notice is stored (Alipay: exactly `success`)."""
        ...


@runtime_checkable
class Vault(Protocol):
    """A provider that can save instruments, and charge them with nobody present. Who has which is kept by orders; what an
    `Instrument` stands for, by the provider.

    `initiate` of such a provider honours `Charge.save_instrument`, and charges `Charge.instrument` where there is one: then
    the buyer is present, and may be sent to prove who they are (an `Action`). All three are called outside any transaction.
    """

    def save(self, ctx: "Context", charge: Charge) -> Instrument:
        """What `charge`, which was paid, was paid with; Refused where it wasn't kept. Asked again it answers the same."""
        ...

    def charge(self, ctx: "Context", instrument: Instrument, charge: Charge) -> Snapshot:
        """Charge `instrument` with nobody present, idempotent per `charge.key`. A FAILED snapshot says why: its problem has the
        code `authentication_required` where the owner must prove who they are, so that paying again with them present may
        succeed, and `payment_declined` where the bank has said no."""
        ...

    def forget(self, ctx: "Context", instrument: Instrument, *, whole_person: bool = False) -> None:
        """Take `instrument` away at the provider, so that nothing can charge it any more; one that is gone already is well.
        `whole_person`: its owner was erased, so whatever else is held there of them goes, too."""
        ...


@runtime_checkable
class AccountHolder(Protocol):
    """A provider that knows to whom money must go. A snapshot that names another account or mode goes to review."""

    def account(self, ctx: "Context") -> tuple[str, bool | None]:
        """The account's id at the provider ("" where unknown) and whether real money moves (None: not told)."""
        ...


@runtime_checkable
class PaymentDesk(Protocol):
    """Offered by the plugin that keeps orders: where providers' plugins bring what they hear, found with
    `ctx.service(PaymentDesk)`. Neither method proves a payment; both make the provider be asked."""

    def receive_webhook(self, ctx: "Context", plugin: str, code: str, request: RawRequest) -> tuple[int, str]:
        """For the provider's route under /hooks/<plugin>: authenticate (`parse_webhook`), store, and answer what
        `acknowledge` says. A job then fetches and settles. Raises Refused if forged or if `code` takes no webhooks."""
        ...

    def notice(self, ctx: "Context", code: str, notice: Notice) -> None:
        """Look into the payment that `notice` speaks of, soon. Inside `ctx.writing()`."""
        ...


@dataclass(frozen=True, slots=True)
class Settled:
    """A line of the provider's own book for one day, to compare with the ledger: `amount` as the buyer paid it or got it back.

    `fee` is what the provider kept of it for itself, in the currency of its payouts; None where its book doesn't say.
    """

    remote_id: str
    kind: TransactionKind
    amount: Money
    at: datetime
    fee: Money | None = None


@runtime_checkable
class Reconcilable(Protocol):
    """A provider that can list its own book. Only what is settled for good: money that came, and refunds that went through.
    `remote_id` is that of the ledger's entry."""

    def reconcile(self, ctx: "Context", since: datetime, until: datetime) -> Sequence[Settled]:
        """Everything from `since` to before `until` (UTC)."""
        ...

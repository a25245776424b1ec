"""A shop with orders, a gateway that lives in this process, money that staff receive, and store credit in our own database."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketry import Context, Money, Plugin, Problem, Refused
from marketry.commerce.payment import (
    Action,
    AttemptState,
    Charge,
    Entry,
    Notice,
    Phase,
    ProviderKind,
    RawRequest,
    Snapshot,
    TransactionKind,
)
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.jobs.running import run_pending
from marketry.problems import conflict
from marketry.runtime import Runtime
from marketry.testing.inline import inline_plugin
from marketry.web.values import SYSTEM, Actor, ActorKind
from marketry_orders.models import Allocation, Order, OrderLine, Payment, Transaction

K, S = TransactionKind, AttemptState
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class Gateway:
    """A remote provider with its own books: entries per charge key, idempotent per operation key, may refuse or be away."""

    code: str = "gateway"
    kind: ProviderKind = ProviderKind.REMOTE
    books: dict[str, list[Entry]] = field(default_factory=dict)
    states: dict[str, AttemptState] = field(default_factory=dict)
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    away: bool = False
    refuses: bool = False
    refund_phase: Phase = Phase.SUCCEEDED
    named_keys: bool = False
    lock: Any = field(default_factory=threading.Lock)

    def label(self, ctx: Context) -> str:
        return "Gateway"

    def account(self, ctx: Context) -> tuple[str, bool | None]:
        return ("acct_shop", True)

    def offered(self, ctx: Context, quote: Any) -> Problem | None:
        return None

    def fee(self, ctx: Context, quote: Any) -> Money | None:
        return None

    def initiate(self, ctx: Context, charge: Charge) -> Snapshot:
        return Snapshot(S.REQUIRES_ACTION, remote_id=f"pi_{charge.key}", action=Action("redirect", "https://pay.example/1"))

    def fetch(self, ctx: Context, charge: Charge) -> Snapshot:
        self._reach(ctx)
        return self.snapshot(charge.key)

    def snapshot(self, key: str) -> Snapshot:
        state = self.states.get(key, S.REQUIRES_ACTION)
        return Snapshot(state, f"pi_{key}", tuple(self.books.get(key, ())), account="acct_shop", live=True)

    def pays(self, key: str, minor: int, currency: str = "USD", remote_id: str = "ch_1") -> Snapshot:
        self.books.setdefault(key, []).append(Entry(K.CAPTURE, Phase.SUCCEEDED, Money(minor, currency), remote_id))
        self.states[key] = S.CAPTURED
        return self.snapshot(key)

    def authorises(self, key: str, minor: int) -> Snapshot:
        self.books.setdefault(key, []).append(Entry(K.AUTHORISATION, Phase.SUCCEEDED, Money(minor, "USD"), "au_1"))
        self.states[key] = S.AUTHORISED
        return self.snapshot(key)

    def capture(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        return self._do(ctx, K.CAPTURE, charge, amount, key, Phase.SUCCEEDED, S.CAPTURED)

    def void(self, ctx: Context, charge: Charge, key: str) -> Snapshot:
        return self._do(ctx, K.VOID, charge, charge.amount, key, Phase.SUCCEEDED, S.CANCELLED)

    def refund(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        return self._do(ctx, K.REFUND, charge, amount, key, self.refund_phase, None)

    def _reach(self, ctx: Context) -> None:
        assert not ctx.in_transaction, "a gateway was called inside a transaction"
        if self.away:
            raise ConnectionError("gateway is away")

    def _do(
        self, ctx: Context, kind: K, charge: Charge, amount: Money, key: str, phase: Phase, state: AttemptState | None
    ) -> Snapshot:
        self._reach(ctx)
        with self.lock:
            self.calls.append((str(kind), key, amount.minor))
            if self.refuses:
                raise Refused(Problem("card_closed", "The card was closed."))
            book = self.books.setdefault(charge.key, [])
            if not any(e.remote_id == f"{kind}_{key}" for e in book):
                book.append(Entry(kind, phase, amount, f"{kind}_{key}", key=key if self.named_keys else ""))
            if state:
                self.states[charge.key] = state
            return self.snapshot(charge.key)

    def parse_webhook(self, ctx: Context, request: RawRequest) -> Notice:
        if request.headers.get("signature") != "right":
            raise Refused(Problem("forged", "The signature is wrong.", status=400))
        event, key = request.body.decode().split(":")
        return Notice(event, key=key)

    def acknowledge(self, ctx: Context, notice: Notice) -> tuple[int, str]:
        return 200, "success"


@dataclass
class ByHand:
    """A deferred provider: staff record what moved."""

    code: str = "transfer"
    kind: ProviderKind = ProviderKind.DEFERRED

    def label(self, ctx: Context) -> str:
        return "Bank transfer"

    def offered(self, ctx: Context, quote: Any) -> Problem | None:
        return None

    def fee(self, ctx: Context, quote: Any) -> Money | None:
        return None

    def initiate(self, ctx: Context, charge: Charge) -> Snapshot:
        return Snapshot(S.REQUIRES_ACTION)

    def fetch(self, ctx: Context, charge: Charge) -> Snapshot:
        return Snapshot(S.REQUIRES_ACTION)

    def capture(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        return Snapshot(S.CAPTURED, entries=(Entry(K.CAPTURE, Phase.SUCCEEDED, amount, key),))

    def void(self, ctx: Context, charge: Charge, key: str) -> Snapshot:
        return Snapshot(S.CANCELLED, entries=(Entry(K.VOID, Phase.SUCCEEDED, charge.amount, key),))

    def refund(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        return Snapshot(S.CAPTURED, entries=(Entry(K.REFUND, Phase.SUCCEEDED, amount, key),))


@dataclass
class Credit(ByHand):
    """Store credit: local, authorised in our own database."""

    code: str = "credit"
    kind: ProviderKind = ProviderKind.LOCAL


@dataclass
class Shelf:
    """A StockKeeper that writes down what it is told; `sold_out` makes taking anything refuse."""

    told: list[tuple[Any, ...]] = field(default_factory=list)
    sold_out: bool = False

    def available(self, ctx: Context, stock_keys: Sequence[str]) -> Mapping[str, int | None]:
        return dict.fromkeys(stock_keys, None)

    def reserve(self, ctx: Context, subject: str, sources: Sequence[StockSource], expires_at: datetime | None) -> None:
        if self.sold_out:
            raise conflict("out_of_stock", "gone")
        self.told.append(("reserve", subject, *[(s.stock_key, s.location, s.quantity) for s in sources]))

    def keep(self, ctx: Context, subject: str) -> None:
        self.told.append(("keep", subject))

    def release(self, ctx: Context, subject: str, sources: Sequence[StockSource] | None = None, reference: str = "") -> None:
        self.told.append(("release", subject))

    def ship(self, ctx: Context, subject: str, sources: Sequence[StockSource], reference: str) -> None:
        self.told.append(("ship", subject, reference, *[(s.stock_key, s.location, s.quantity) for s in sources]))

    def restock(self, ctx: Context, subject: str, sources: Sequence[StockSource], reference: str) -> None:
        self.told.append(("restock", subject, *[(s.stock_key, s.location, s.quantity) for s in sources]))

    def of(self, what: str) -> list[tuple[Any, ...]]:
        return [told for told in self.told if told[0] == what]


@dataclass
class Shop:
    """The booted shop with its doubles, and short words for what tests look at."""

    runtime: Runtime
    gateway: Gateway
    shelf: Shelf
    events: list[Any]
    now: list[datetime]
    who: list[Actor | None]
    parts: list[Any]
    made: int = 0

    def sign_in(self, *permissions: str) -> None:
        """Who requests come from now on: staff with these permissions."""
        self.who[0] = Actor(ActorKind.STAFF, "staff:1", "Mina", frozenset(permissions))

    def ctx(self, *permissions: str) -> Context:
        actor = Actor(ActorKind.STAFF, "staff:1", "Mina", frozenset(permissions)) if permissions else SYSTEM
        return self.runtime.context(actor=actor, channel="test")

    def order(
        self,
        *payments: tuple[str, int],
        total: int = 10_000,
        quantity: int = 2,
        shippable: bool = True,
        started: bool = True,
        **values: Any,
    ) -> str:
        """A placed order of one line (`quantity` × OAK at warehouse A) with an attempt per payment; returns its number."""
        self.made += 1
        number = values.pop("number", f"T{self.made:05d}")
        with self.ctx().writing() as session:
            order = Order(
                **{
                    "number": number,
                    "access_key": "k",
                    "currency": "USD",
                    "subtotal": total,
                    "total": total,
                    "locale": "en",
                    "channel": "web",
                    "email": "ann@example.com",
                    "customer_name": "Ann Oak",
                    "country": "US",
                    "payment_status": "pending" if payments else "none",
                    "placed_at": self.now[0],
                    "updated_at": self.now[0],
                    "shipping_address": {"name": "Ann Oak", "line1": "1 Elm St", "city": "Salem", "country": "US"},
                }
                | values,
            )
            session.add(order)
            session.flush()
            line = OrderLine(
                id=f"l-{number}",
                order_id=order.id,
                position=0,
                sku="OAK",
                title="Oak bowl",
                quantity=quantity,
                unit_price=total // quantity,
                total=total,
                demands=[["OAK", 1]],
                shippable=shippable,
            )
            session.add(line)
            session.flush()
            session.add(Allocation(order_id=order.id, line_id=line.id, stock_key="OAK", location="A", quantity=quantity))
            for position, (code, amount) in enumerate(payments):
                provider = self.runtime.provider(code)
                assert provider is not None
                session.add(
                    Payment(
                        id=f"{number}-{code}",
                        order_id=order.id,
                        position=position,
                        provider=code,
                        kind=str(provider.kind),
                        label=provider.label(self.ctx()),
                        amount=amount,
                        currency="USD",
                        state="requires_action" if started else "created",
                        created_at=self.now[0],
                        updated_at=self.now[0],
                        initiated_at=self.now[0] if started else None,
                    )
                )
        return number

    def one(self, number: str) -> Order:
        with self.ctx().reading() as session:
            return session.scalars(select(Order).where(Order.number == number)).one()

    def standing(self, number: str) -> tuple[str, str, str]:
        order = self.one(number)
        return order.status, order.payment_status, order.fulfilment_status

    def ledger(self, number: str) -> list[tuple[str, str, int]]:
        with self.ctx().reading() as session:
            rows = session.scalars(
                select(Transaction)
                .join(Order, Order.id == Transaction.order_id)
                .where(Order.number == number)
                .order_by(Transaction.id)
            )
            return [(row.kind, row.phase, row.amount) for row in rows]

    def run(self) -> int:
        return run_pending(self.runtime)

    def later(self, **delta: float) -> None:
        self.now[0] += timedelta(**delta)

    def published(self, *types: str) -> list[Any]:
        """Events seen so far, of these types; runs the outbox."""
        self.run()
        return [event for event in self.events if not types or event.type in types]


def watcher(events: list[Any]) -> Callable[[], Sequence[Any]]:
    from marketry.commerce import events as known
    from marketry.jobs.values import Subscriber

    kinds = (
        known.OrderPaid,
        known.OrderCancelled,
        known.PaymentCaptured,
        known.RefundSettled,
        known.RefundReversed,
        known.FulfilmentShipped,
        known.FulfilmentDelivered,
        known.ReturnReceived,
    )

    def subscribe() -> Sequence[Subscriber]:
        return [Subscriber(kind.type.replace(".", "_"), kind, lambda ctx, event: events.append(event)) for kind in kinds]

    return subscribe


@pytest.fixture
def make_shop(make_site: Any) -> Callable[..., Shop]:
    """`make_shop(more=…)` → a Shop whose clock stands at NOW until it is moved."""

    def make(**options: Any) -> Shop:
        gateway, shelf, events, now = Gateway(), Shelf(), [], [NOW]
        who: list[Actor | None] = [None]
        parts: list[Any] = []
        extra = [
            inline_plugin(
                Plugin(id="doubles", title="Doubles"),
                payment_providers=lambda: (gateway, ByHand(), Credit()),
                services=lambda: {StockKeeper: shelf},
                subscribe=watcher(events),
                resolve_actor=lambda ctx, request: who[0],
                admin_lists=lambda ctx, name: tuple(parts) if name == "orders.orders" else (),
            )
        ]
        runtime = make_site("orders", "doubles", extra=extra, clock=lambda: now[0], **options)
        return Shop(runtime, gateway, shelf, events, now, who, parts)

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop], database: str) -> Shop:
    """The same on SQLite and on PostgreSQL."""
    return make_shop()


@pytest.fixture
def web(shop: Shop) -> Any:
    """A browser without JavaScript that is signed in with all permissions."""
    from marketry.testing.clients import client_of

    shop.sign_in("*")
    with client_of(shop.runtime) as client:
        yield client


@pytest.fixture
def send(web: Any) -> Callable[..., Any]:
    """`send(page, action, **fields)`: open `page`, take its token, send the form; follows the redirect."""

    def post(page: str, action: str, /, **fields: Any) -> Any:
        token = re.search(r'name="csrf_token" value="([^"]+)"', web.get(page).text)
        assert token, f"{page} has no form"
        return web.post(action, data={"csrf_token": token[1], **fields}, headers={"Origin": "http://testserver"})

    return post

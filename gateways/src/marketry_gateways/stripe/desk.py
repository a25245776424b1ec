"""Where work is done: one account and mode of the twin, at one moment, for one request."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from marketry_gateways.stripe.book import Book
from marketry_gateways.stripe.clock import Clock
from marketry_gateways.stripe.errors import Json, no_such
from marketry_gateways.stripe.names import new_id

VERSION = "2026-10-28.endive"


@dataclass
class World:
    """The whole twin behind its doors. ``publish`` takes an event (with account and mode) that is in the book.

    ``refund_plans`` are (first status, last status) of the next refunds; ``settle_after`` is how many seconds a bank
    debit or a pending refund takes.
    """

    book: Book
    clock: Clock
    url: str = ""
    publish: Callable[[Json, str, bool], None] = lambda event, account, livemode: None
    listeners: Callable[[str, bool], int] = lambda account, livemode: 0
    refund_plans: list[tuple[str, str]] = field(default_factory=list)
    settle_after: int = 180


@dataclass(frozen=True)
class Desk:
    """Reading, writing and telling in one account and mode."""

    world: World
    account: str
    livemode: bool
    request: str | None = None
    key: str | None = None

    @property
    def now(self) -> int:
        return self.world.clock.now()

    def get(self, kind: str, id: str, param: str = "id") -> Json:
        """An object of this account and mode; a refusal in Stripe's words otherwise."""
        found = self.world.book.find(id)
        if found is None or found[0]["object"] != kind or found[1] != self.account:
            raise no_such(_title(kind), id, param)
        body, _, livemode = found
        if livemode != self.livemode:
            raise no_such(_title(kind), id, param, elsewhere="live" if livemode else "test")
        return body

    def put(self, body: Json) -> Json:
        """Write an object to the book."""
        self.world.book.put(body, self.account, self.livemode)
        return body

    def all(self, kind: str) -> list[Json]:
        """Objects of a kind, newest first."""
        return self.world.book.all(kind, self.account, self.livemode)

    def emit(self, type: str, subject: Json, previous: Json | None = None) -> None:
        """Write an event that shows the object as it is now, and publish it once it's in the book."""
        data: Json = {"object": shown(copy.deepcopy(subject))}
        if previous:
            data["previous_attributes"] = previous
        event = self.put(
            {
                "id": new_id("evt"),
                "object": "event",
                "api_version": VERSION,
                "created": self.now,
                "data": data,
                "livemode": self.livemode,
                "pending_webhooks": self.world.listeners(self.account, self.livemode),
                "request": {"id": self.request, "idempotency_key": self.key},
                "type": type,
            }
        )
        self.world.book.after_commit(lambda: self.world.publish(event, self.account, self.livemode))


def _title(kind: str) -> str:
    return {"payment_method": "PaymentMethod"}.get(kind, kind)


def shown(value: Json) -> Json:
    """An object without what only the twin knows (names that begin with an underscore)."""
    return {name: _part(part) for name, part in value.items() if not name.startswith("_")}


def _part(value: object) -> object:
    if isinstance(value, dict):
        return shown(value)
    return [_part(each) for each in value] if isinstance(value, list) else value

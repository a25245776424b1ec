"""A shop in a process of its own, to be killed: `python crashing_shop.py SITE DEED,DEED…`. Its gateway keeps its books in a file.

Deeds: make (an order that is paid by gateway), pay (settle the capture), refund (4,000 by form), recover (run what is due).
"""

import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from marketry import Money, Plugin
from marketry.boot import boot
from marketry.commerce.events import OrderPlaced
from marketry.commerce.payment import AttemptState, Entry, Phase, ProviderKind, Snapshot, TransactionKind
from marketry.database.installed import schemas_of
from marketry.database.migrations import migrate
from marketry.jobs.running import run_pending
from marketry.testing.inline import inline_plugin
from marketry.web.values import SYSTEM
from marketry_orders.models import Order, OrderLine, Payment
from marketry_orders.performing import perform_all
from marketry_orders.refunding import refund_order
from marketry_orders.settling import settle

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class FileGateway:
    path: Path
    code: str = "gateway"
    kind: ProviderKind = ProviderKind.REMOTE

    def label(self, ctx: Any) -> str:
        return "Gateway"

    def books(self) -> dict[str, list[Any]]:
        return json.loads(self.path.read_text()) if self.path.exists() else {"ch_1": ["capture", 10_000]}

    def snapshot(self) -> Snapshot:
        entries = tuple(
            Entry(TransactionKind(kind), Phase.SUCCEEDED, Money(minor, "USD"), remote_id)
            for remote_id, (kind, minor) in self.books().items()
        )
        return Snapshot(AttemptState.CAPTURED, "pi_1", entries)

    def fetch(self, ctx: Any, charge: Any) -> Snapshot:
        return self.snapshot()

    def refund(self, ctx: Any, charge: Any, amount: Money, key: str) -> Snapshot:
        books = {**self.books(), f"re_{key}": ["refund", amount.minor]}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(books))
        new.replace(self.path)
        return self.snapshot()


def main(site: Path, deeds: str) -> None:
    gateway, now = FileGateway(site / "gateway.json"), [NOW]
    plugin = inline_plugin(Plugin(id="crashing", title="Crashing"), payment_providers=lambda: (gateway,))
    runtime = boot(site, environ=os.environ, extra=[plugin], clock=lambda: now[0])
    ctx = runtime.context(actor=SYSTEM, channel="test")
    for deed in deeds.split(","):
        if deed == "make":
            migrate(runtime.database, schemas_of(runtime.plugins.enabled))
            make(ctx)
        elif deed == "pay":
            settle(ctx, "p1", gateway.snapshot())
        elif deed == "refund":
            perform_all(ctx, refund_order(ctx, "KILL1", 4_000, key="form"))
        elif deed == "recover":
            now[0] += timedelta(hours=1)  # the leases of the killed process have run out
        if deed != "make":
            run_pending(runtime)
    runtime.close()


def make(ctx: Any) -> None:
    with ctx.writing() as session:
        order = Order(
            number="KILL1",
            access_key="k",
            currency="USD",
            subtotal=10_000,
            total=10_000,
            locale="en",
            channel="web",
            email="ann@example.com",
            payment_status="pending",
            placed_at=NOW,
            updated_at=NOW,
        )
        session.add(order)
        session.flush()
        session.add(
            OrderLine(id="l1", order_id=order.id, position=0, sku="OAK", title="Oak", quantity=1, unit_price=10_000, total=10_000)
        )
        session.add(
            Payment(
                id="p1",
                order_id=order.id,
                provider="gateway",
                kind="remote",
                amount=10_000,
                currency="USD",
                state="requires_action",
                remote_id="pi_1",
                initiated_at=NOW,
                created_at=NOW,
                updated_at=NOW,
            )
        )
        ctx.publish(
            OrderPlaced(
                at=NOW,
                number="KILL1",
                currency="USD",
                subtotal=10_000,
                discount=0,
                shipping=0,
                fees=0,
                tax=0,
                total=10_000,
                country=None,
                channel="web",
                locale="en",
            )
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

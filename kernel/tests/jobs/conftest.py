"""A plugin written for these tests: what its handlers did is read from the audit trail, which commits with the receipt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketry import Context, Plugin
from marketry.audit import AUDIT, audit
from marketry.commerce.events import CustomerRegistered, ProductChanged
from marketry.jobs.tables import OUTBOX
from marketry.jobs.values import Job, Schedule, Subscriber
from marketry.plugins.discovery import Installed
from marketry.runtime import Runtime
from marketry.testing.inline import inline_plugin
from marketry.web.values import SYSTEM


@dataclass
class Clock:
    """Time that passes when a test says so."""

    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **units: float) -> None:
        self.now += timedelta(**units)


@dataclass
class Bench:
    """One site with the plugin `bench`, whose handlers write into the audit trail and fail where `broken` says so."""

    make_site: Any
    clock: Clock = field(default_factory=Clock)
    broken: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)  # calls, whether they committed or not

    def boot(self, *, enabled: bool = True, **options: Any) -> Runtime:
        site: Runtime = self.make_site(extra=[self.plugin()] if enabled else [], clock=self.clock, **options)
        return site

    def plugin(self) -> Installed:
        def subscribe() -> list[Subscriber]:
            return [
                Subscriber("index", ProductChanged, lambda ctx, event: self.work(ctx, f"index {event.product}")),
                Subscriber("greet", CustomerRegistered, lambda ctx, event: self.work(ctx, f"greet {event.customer}")),
            ]

        def jobs() -> list[Job]:
            return [
                Job("count", lambda ctx, payload: self.work(ctx, f"count {payload['n']}")),
                Job("outside", lambda ctx, payload: self.outside(ctx, f"outside {payload['n']}"), transaction=False),
            ]

        def schedules() -> list[Schedule]:
            return [Schedule("nightly", timedelta(minutes=5), lambda ctx: self.outside(ctx, "nightly"))]

        return inline_plugin(Plugin("bench", "Bench"), subscribe=subscribe, jobs=jobs, schedules=schedules)

    def work(self, ctx: Context, what: str) -> None:
        self.seen.append(what)
        audit(ctx, "bench.work", what)
        if what in self.broken:
            raise ValueError(f"{what} is broken")

    def outside(self, ctx: Context, what: str) -> None:
        with ctx.writing():
            self.work(ctx, what)


@pytest.fixture
def bench(make_site: Any, database: str) -> Bench:
    return Bench(make_site)


def publish(site: Runtime, *products: str) -> None:
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        for product in products:
            ctx.publish(ProductChanged(at=ctx.now(), product=product))


def enqueue(site: Runtime, *numbers: int, job: str = "count", **options: Any) -> None:
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        for n in numbers:
            ctx.enqueue(f"bench.{job}", {"n": n}, key=f"k{n}", **options)


def done(site: Runtime) -> list[str]:
    """What handlers did and committed, in order."""
    with site.database.reading() as session:
        return list(session.scalars(select(AUDIT.c.subject).where(AUDIT.c.action == "bench.work").order_by(AUDIT.c.id)))


def rows(site: Runtime, *columns: str) -> list[tuple[Any, ...]]:
    with site.database.reading() as session:
        chosen = [OUTBOX.c[name] for name in columns]
        query = select(*chosen).where(OUTBOX.c.handler.contains("bench.")).order_by(OUTBOX.c.id)
        return [tuple(row) for row in session.execute(query)]


@dataclass
class Doing:
    publish: Callable[..., None]
    enqueue: Callable[..., None]
    done: Callable[..., list[str]]
    rows: Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def do() -> Doing:
    return Doing(publish, enqueue, done, rows)

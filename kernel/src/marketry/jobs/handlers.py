"""What can be run, by the name under which the outbox knows it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketry.jobs.codec import decode_event
from marketry.jobs.values import Job, Schedule, Subscriber

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class Handler:
    """`call(ctx, payload)`; `transaction`: inside the transaction of its receipt. `repeats`: a later tick takes its place."""

    name: str
    call: Callable[["Context", Any], None]
    transaction: bool
    repeats: bool = False


class DuplicateHandler(Exception):
    """One plugin has two subscribers, jobs or schedules of one name."""


def subscriber_name(subscriber: Subscriber) -> str:
    return f"subscriber:{subscriber.key}"


def handlers(subscribers: Iterable[Subscriber], jobs: Iterable[Job], schedules: Iterable[Schedule]) -> Mapping[str, Handler]:
    """All handlers by name; DuplicateHandler names the plugin and the name taken twice."""
    every = [*map(_of_subscriber, subscribers), *map(_of_job, jobs), *map(_of_schedule, schedules)]
    found: dict[str, Handler] = {}
    for handler in every:
        if handler.name in found:
            kind, _, key = handler.name.partition(":")
            raise DuplicateHandler(f"plugin {key.partition('.')[0]} declares the {kind} {key} twice; give one another name")
        found[handler.name] = handler
    return found


def _of_subscriber(subscriber: Subscriber) -> Handler:
    def call(ctx: "Context", payload: Any) -> None:
        subscriber.handle(ctx, decode_event(subscriber.event, payload))

    return Handler(subscriber_name(subscriber), call, transaction=True)


def _of_job(job: Job) -> Handler:
    return Handler(f"job:{job.key}", job.run, job.transaction)


def _of_schedule(schedule: Schedule) -> Handler:
    def call(ctx: "Context", payload: Any) -> None:
        schedule.run(ctx)

    return Handler(f"schedule:{schedule.key}", call, transaction=False, repeats=True)

"""Declarations of subscribers, jobs and schedules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketry.commerce.events import Event

if TYPE_CHECKING:
    from marketry.context import Context


IMPORT = "import"  # the channel in which the past is entered: orders of another shop, a sample's history


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`handle(ctx, event)` runs with `ctx.session` open in a transaction. `name` is unique within the plugin.

    `news`: it tells people what has just happened (a mail to the buyer). It gets no events of the past, those that are
    published while `ctx.channel` is "import"; those that count and keep books get them all.
    """

    name: str
    event: type[Event]
    handle: Callable[["Context", Any], None]
    plugin: str = ""
    news: bool = False

    @property
    def key(self) -> str:
        return f"{self.plugin}.{self.name}"


@dataclass(frozen=True, slots=True)
class Job:
    """`run(ctx, payload)`. `transaction` True: called inside `ctx.writing()` together with the receipt (exactly once).
    False: it manages its own units of work and may talk to the outside (at least once; keep effects idempotent)."""

    name: str
    run: Callable[["Context", Mapping[str, Any]], None]
    transaction: bool = True
    plugin: str = ""

    @property
    def key(self) -> str:
        return f"{self.plugin}.{self.name}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`run(ctx)` every `every`; catching up at most once after a pause."""

    name: str
    every: timedelta
    run: Callable[["Context"], None]
    plugin: str = ""

    @property
    def key(self) -> str:
        return f"{self.plugin}.{self.name}"

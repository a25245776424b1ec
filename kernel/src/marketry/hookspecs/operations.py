"""Jobs, schedules, health, and the rights of people over their data."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from marketry.connections import ConnectionTest
from marketry.jobs.values import Job, Schedule
from marketry.plugins.markers import Failure, hookspec
from marketry.web.values import HealthReport

if TYPE_CHECKING:
    from marketry.context import Context


@hookspec(Failure.BOOT)
def jobs() -> Sequence[Job]:  # type: ignore[empty-body]
    """Return background jobs by name, started with `ctx.enqueue(name, payload, key=…)`. Called once at boot."""


@hookspec(Failure.BOOT)
def schedules() -> Sequence[Schedule]:  # type: ignore[empty-body]
    """Return what runs by the clock; once per tick, whatever the number of processes. Called once at boot."""


@hookspec(Failure.OPEN)
def health(ctx: "Context") -> Sequence[HealthReport]:  # type: ignore[empty-body]
    """Report on what you depend on. Called by /readyz and `marketry doctor`; answer within a second."""


@hookspec(Failure.OPEN)
def connection_tests() -> Sequence[ConnectionTest]:  # type: ignore[empty-body]
    """Return the services outside that your settings lead to, each with a way to try it that changes nothing there.

    Called when staff open your plugin's page in the back office, which shows a button per test to those who may change settings,
    and when one is pressed: its `run` then gets the staff member's context. Not called while your plugin isn't enabled.
    """


@hookspec(Failure.CLOSED)
def export_subject(ctx: "Context", who: str, customer: str) -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Return all personal data you hold of `who` (an e-mail address, lower case) or of their account, as JSON.

    `customer` is the id of their account, empty where there is none; an implementation may leave it out.
    Called inside a session by `marketry person export` and whatever else calls `marketry.privacy`.
    """


@hookspec(Failure.CLOSED)
def erase_subject(ctx: "Context", who: str, customer: str) -> int:  # type: ignore[empty-body]
    """Erase or anonymise the personal data of `who` and their account; return how many rows changed. Books and stock stay whole.

    Arguments as for `export_subject`. Called inside a transaction; once more after a restore, and where your plugin was disabled
    at the time once it is enabled again, so repeat without harm, and ask no other plugin who they are: it may have forgotten.
    """

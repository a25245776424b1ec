"""What a plugin that knows more of staff than the back office brings: passwords, second factors, roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from marketry_backoffice.hookspecs import backoffice_staff_guard

if TYPE_CHECKING:
    from marketry import Context


@dataclass(frozen=True, slots=True)
class Rights:
    """What a member of staff may do: permission codes (`*`: all), and the limits as in `Actor.limits`."""

    permissions: frozenset[str]
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaffNote:
    """What a list of staff says of one: their roles by name, and whether a second factor is set up."""

    roles: Sequence[str]
    second_factor: bool


class StaffGuard(Protocol):
    """The object that the hook `backoffice_staff_guard` returns. Staff are named by their id, the number in `staff:7`."""

    def rights(self, ctx: "Context", staff: int) -> Rights:
        """What this member of staff may do; asked once a request, instead of reading `permissions` of their row."""
        ...

    async def check_password(self, ctx: "Context", email: str, password: str) -> int | None:
        """Whose address and password these are, or None. Awaited outside any unit of work: hashing takes its time and must hold
        none of the few worker threads. An unknown address takes as long as a known one. Refused (429) after too many tries."""
        ...

    def second_step(self, ctx: "Context", staff: int) -> str | None:
        """The page to which somebody goes whose first step of signing in (a password, a link) was good: it must ask for what is
        still missing and then call `complete_sign_in`. None: nothing is missing."""
        ...

    def stamp(self, ctx: "Context", staff: int) -> str:
        """What changes with this person's password and second factor: a first step that was taken before is then worth nothing.
        Inside a session."""
        ...

    def ways_to_confirm(self, ctx: "Context", staff: int) -> frozenset[str]:
        """How this person can prove themselves on /admin/confirm: `password`, `code`; empty: by a fresh link only."""
        ...

    def confirm(self, ctx: "Context", staff: int, way: str, secret: str) -> bool:
        """Whether `secret` is this person's password or code of now. Called outside any unit of work. Refused (429) after
        too many tries."""
        ...

    def set_password(self, ctx: "Context", staff: int, password: str) -> None:
        """Give this person a password, from the command line. Raises Refused where it is too weak. Outside any unit of work."""
        ...

    def reset_factor(self, ctx: "Context", staff: int) -> bool:
        """Forget this person's second factor and recovery codes and sign them out, from the command line; whether they had
        one. Inside `ctx.writing()`."""
        ...

    def notes(self, ctx: "Context", staff: Sequence[int]) -> Mapping[int, StaffNote]:
        """What lists say of these members of staff. Inside a session."""
        ...

    def locale(self, ctx: "Context", staff: int) -> str | None:
        """The language this person chose, or None. Inside a session."""
        ...


def staff_guard(ctx: "Context") -> StaffGuard | None:
    """The guard that a plugin brings; None where the back office is alone, and links are the only way in."""
    answers = ctx.runtime.answers(backoffice_staff_guard)
    guard: StaffGuard | None = answers[0].value if answers else None
    return guard

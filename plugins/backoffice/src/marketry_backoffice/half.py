"""Between the two steps of signing in: a browser that has shown a password or a link, and must show one thing more.

It has no session. It holds a signed note, good for ten minutes, that the second step reads; every other page sees a stranger.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsdangerous import BadSignature
from starlette.responses import Response

from marketry.web import drop_cookie, read_cookie, set_cookie

if TYPE_CHECKING:
    from marketry import Context

COOKIE = "staff_step"
PURPOSE = "staff-second-step"
SECONDS = 600


@dataclass(frozen=True, slots=True)
class HalfSignedIn:
    """`staff`: the id; `since`: their state when the first step was good (`staff_state`); `next`: where they were going."""

    staff: int
    since: str
    next: str


def hold(ctx: "Context", response: Response, half: HalfSignedIn) -> None:
    """Note the first step in the browser."""
    signed = str(ctx.runtime.signer(PURPOSE).dumps([half.staff, half.since, half.next]))
    set_cookie(ctx, response, COOKIE, signed, max_age=SECONDS, samesite="strict")


def held(ctx: "Context") -> HalfSignedIn | None:
    """The first step that this browser has taken within ten minutes, if any."""
    signed = read_cookie(ctx, COOKIE)
    if not signed:
        return None
    try:
        staff, since, going = ctx.runtime.signer(PURPOSE).loads(signed, max_age=SECONDS)
    except (BadSignature, ValueError):
        return None
    return HalfSignedIn(int(staff), str(since), str(going))


def let_go(ctx: "Context", response: Response) -> None:
    drop_cookie(ctx, response, COOKIE)

"""The hint cookie: which islands (cart badge, account link) a browser has something to fetch for. Readable, no secret."""

import re

from starlette.responses import Response

from marketry.context import Context
from marketry.web.cookies import drop_cookie, read_cookie, set_cookie

COOKIE = "shop_hint"
HINTED = "marketry.hinted"  # what an earlier call in this request has set
YEAR = 31_536_000  # seconds
_NAME = re.compile(r"[a-z_]{1,32}")


def hint(ctx: Context, response: Response, island: str, *, present: bool = True) -> None:
    """From now on public pages fetch `island` for this browser, or (`present` False) no longer do.

    Several plugins may say so on one response: each adds to what those before it said.
    """
    scope = ctx.request.scope if ctx.request else {}
    known: set[str] = scope[HINTED] if HINTED in scope else set(_NAME.findall(read_cookie(ctx, COOKIE) or ""))
    wanted = known | {island} if present else known - {island}
    if wanted == known:
        return
    scope[HINTED] = wanted
    if wanted:
        set_cookie(ctx, response, COOKIE, ".".join(sorted(wanted)), max_age=YEAR, readable=True)
    else:
        drop_cookie(ctx, response, COOKIE)

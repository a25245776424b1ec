"""The same key with the same request gives the same order; with another request it is refused.

After https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/: the row is written in the transaction
that makes the order, so there is no answer without effect and no effect without answer. Refusals are not kept.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select

from marketry import Context
from marketry.problems import conflict
from marketry_orders.models import IdempotentRequest

KEPT = timedelta(days=7)
SCOPE = "complete"
_rows = IdempotentRequest.__table__  # type: ignore[attr-defined]
_FIND = select(_rows.c.request_hash, _rows.c.response).where(_rows.c.scope == SCOPE, _rows.c.key == bindparam("key"))
_INSERT = insert(_rows)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The client's key, and the hash of all that makes its request this one."""

    key: str
    request_hash: str


def answered(ctx: Context, request: RequestKey) -> str | None:
    """The number of the order that this request made before, or None. Refuses (409) a key that another request used."""
    row = ctx.session.execute(_FIND, {"key": request.key}).one_or_none()
    if row is None:
        return None
    if row.request_hash != request.request_hash:
        message = ctx.gettext("This key was used for another request. Send a new key.")
        raise conflict("key_in_use", message, "Idempotency-Key")
    return str(row.response["number"])


def remember(ctx: Context, request: RequestKey, number: str) -> None:
    """Inside the transaction that makes the order; an IntegrityError says that another request was quicker."""
    values = {
        "scope": SCOPE, "key": request.key, "request_hash": request.request_hash, "response": {"number": number},
        "created_at": ctx.now(),
    }  # fmt: skip
    ctx.session.execute(_INSERT, values)


def forget_old(ctx: Context) -> None:
    """Keys are kept for seven days. Run by the schedule."""
    with ctx.writing() as session:
        session.execute(delete(_rows).where(_rows.c.created_at < ctx.now() - KEPT))

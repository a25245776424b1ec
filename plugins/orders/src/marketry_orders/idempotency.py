"""The same key with the same request gives the same order; with another request of the same client it is refused.

After https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/: the row is written in the transaction
that makes the order, so there is no answer without effect and no effect without answer. Refusals are not kept. Keys are each
client's own: two who both count from 1 don't stand in each other's way.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select

from marketry import Context
from marketry.problems import conflict
from marketry_orders.models import IdempotentRequest

KEPT = timedelta(days=7)
_rows = IdempotentRequest.__table__  # type: ignore[attr-defined]
_FIND = select(_rows.c.request_hash, _rows.c.response).where(
    _rows.c.scope == bindparam("client"), _rows.c.key == bindparam("key")
)
_INSERT = insert(_rows)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The client's key, the hash of all that makes its request this one, and of who the client is (`client_of`)."""

    key: str
    request_hash: str
    client: str


def client_of(ctx: Context) -> str:
    """Whose key it is: the signed-in customer's, else the address's that the request came from; under a hash, since an address
    is personal."""
    near = ctx.request.client.host if ctx.request and ctx.request.client else ""
    who = ctx.actor.id if ctx.actor.kind == "customer" else near
    return hmac.new(f"idempotency:{ctx.site.secret_key}".encode(), who.encode(), hashlib.sha256).hexdigest()


def answered(ctx: Context, request: RequestKey) -> str | None:
    """The number of the order that this request made before, or None. Refuses (409) a key that another request used."""
    row = ctx.session.execute(_FIND, {"client": request.client, "key": request.key}).one_or_none()
    if row is None:
        return None
    if row.request_hash != request.request_hash:
        message = ctx.gettext("This key was used for another request. Send a new key.")
        raise conflict("key_in_use", message, "Idempotency-Key")
    return str(row.response["number"])


def remember(ctx: Context, request: RequestKey, number: str) -> None:
    """Inside the transaction that makes the order; an IntegrityError says that another request was quicker."""
    values = {
        "scope": request.client, "key": request.key, "request_hash": request.request_hash, "response": {"number": number},
        "created_at": ctx.now(),
    }  # fmt: skip
    ctx.session.execute(_INSERT, values)


def forget_old(ctx: Context) -> None:
    """Keys are kept for seven days. Run by the schedule."""
    with ctx.writing() as session:
        session.execute(delete(_rows).where(_rows.c.created_at < ctx.now() - KEPT))

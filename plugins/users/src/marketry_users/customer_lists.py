"""The list of customers, at any number of them: keyset pages over indexes that match."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, select
from sqlmodel import col

from marketry import Context
from marketry.database import capped_count, paginate
from marketry.web.values import Hit, Page
from marketry_users.customers import name_key
from marketry_users.domain.emails import normal
from marketry_users.models import Customer, Group, Membership

PAGE = 50
COUNT_UP_TO = 1_000
MOST = 500
MOST_HITS = 10
LAST_CODE_POINT = "\U0010ffff"
STATES = ("active", "blocked", "news")


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """`q`: an address, the beginning of one, or of a name; `group`: a code; `state`: one of STATES. Empty: all."""

    q: str = ""
    group: str = ""
    state: str = ""

    @property
    def query(self) -> str:
        """The same filter as it stands in a URL."""
        return urlencode([(name, text) for name in ("q", "group", "state") if (text := getattr(self, name))])


def list_customers(ctx: Context, wanted: CustomerFilter, cursor: str | None = None) -> Page:
    """One page, newest first; found by `q`, in the order of what was found. Inside `ctx.reading()`."""
    statement = _narrowed(select(Customer), wanted)
    start = name_key(wanted.q)
    if not start:
        order: list[tuple[Any, Any]] = [(col(Customer.created_at), "desc"), (col(Customer.id), "desc")]
    elif "@" in start:
        statement = statement.where(_begins(col(Customer.email), _email(start)))
        order = [(col(Customer.email), "asc")]
    else:
        statement = statement.where(col(Customer.id).in_(_found(ctx, start)))
        order = [(col(Customer.name_key), "asc"), (col(Customer.id), "asc")]
    page = paginate(ctx.session, statement, order=order, cursor=cursor, limit=PAGE)
    count, capped = capped_count(ctx.session, statement.with_only_columns(col(Customer.id)), COUNT_UP_TO)
    return Page(page.items, page.next_cursor, page.previous_cursor, count, capped)


def _narrowed(statement: Select[Any], wanted: CustomerFilter) -> Select[Any]:
    if wanted.group:
        members = select(col(Membership.customer_id)).join(Group, col(Group.id) == col(Membership.group_id))
        statement = statement.where(col(Customer.id).in_(members.where(col(Group.code) == wanted.group)))
    match wanted.state:
        case "active":
            return statement.where(col(Customer.blocked_at).is_(None))
        case "blocked":
            return statement.where(col(Customer.blocked_at).is_not(None))
        case "news":
            return statement.where(col(Customer.marketing).is_(True))
        case _:
            return statement


def _found(ctx: Context, start: str) -> list[str]:
    """Ids of customers whose address or name begins so; each way walks one index and stops at MOST."""
    keys = (col(Customer.email), col(Customer.name_key))
    ways = [select(col(Customer.id)).where(_begins(key, start)).order_by(key).limit(MOST) for key in keys]
    return sorted({found for way in ways for found in ctx.session.scalars(way)})


def _begins(column: Any, start: str) -> Any:
    return (column >= start) & (column < start + LAST_CODE_POINT)


def _email(typed: str) -> str:
    try:
        return normal(typed)
    except ValueError:
        return typed


def search_hits(ctx: Context, q: str) -> list[Hit]:
    """For the back office's search, for those who may see customers."""
    if not q.strip() or not ctx.allows("users.customer.read"):
        return []
    page = list_customers(ctx, CustomerFilter(q=q.strip()[:200]))
    kind = ctx.gettext("Customer")
    return [
        Hit(row.name or row.email, f"/admin/customers/{path_id(row.id)}", kind, row.email if row.name else "")
        for row in page.items[:MOST_HITS]
    ]


def path_id(customer: str) -> str:
    """A customer's id as it stands in addresses of the back office: without `customer:`."""
    return customer.partition(":")[2]

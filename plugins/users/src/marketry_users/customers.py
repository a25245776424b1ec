"""Reading customers, as rows and as the values that other plugins see."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from marketry import Context
from marketry.commerce.people import Customer as Person
from marketry.problems import not_found
from marketry.web.values import Actor, ActorKind
from marketry_users.models import Customer, Group, Membership

_ACTOR: Any = select(col(Customer.id), col(Customer.name), col(Customer.email)).where(
    col(Customer.id) == bindparam("id"), col(Customer.blocked_at).is_(None)
)
_GROUPS: Any = (
    select(col(Group.code))
    .join(Membership, col(Membership.group_id) == col(Group.id))
    .where(col(Membership.customer_id) == bindparam("id"))
)


def actor_of(ctx: Context, id: str) -> Actor | None:
    """Who acts behind a customer's session; None where the account is gone or blocked."""
    with ctx.reading() as session:
        row = session.execute(_ACTOR, {"id": id}).one_or_none()
        if row is None:
            return None
        return Actor(ActorKind.CUSTOMER, row.id, row.name or row.email, frozenset(), groups_of(ctx, id))


def groups_of(ctx: Context, id: str) -> frozenset[str]:
    return frozenset(ctx.session.scalars(_GROUPS, {"id": id}))


def person(ctx: Context, row: Customer) -> Person:
    """A row as other plugins see it. Inside a unit of work."""
    return Person(row.id, row.email, row.name, row.locale, True, groups_of(ctx, row.id), row.marketing)


def by_id(ctx: Context, id: str) -> Customer | None:
    return ctx.session.get(Customer, id)


def by_email(ctx: Context, email: str) -> Customer | None:
    """By a normal address."""
    return ctx.session.execute(select(Customer).where(col(Customer.email) == email)).scalar_one_or_none()


def existing(ctx: Context, id: str) -> Customer:
    """The row; 404 where there is none."""
    row = by_id(ctx, id)
    if row is None:
        raise not_found(ctx.gettext("There is no such customer."))
    return row


def own(ctx: Context) -> Customer:
    """The row of the customer who acts."""
    return existing(ctx, ctx.actor.id)


def name_key(name: str) -> str:
    """What a name is found by: lower case, single spaces."""
    return " ".join(name.split()).lower()

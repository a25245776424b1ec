"""Customer groups: making them, and putting customers into them by their addresses. Deeds are audited."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import func, select
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.problems import Problem, Refused, invalid, not_found
from marketry_users.customers import by_email
from marketry_users.domain.emails import normal
from marketry_users.models import Group, Membership

MOST = 500  # addresses at once


class GroupForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    name: dict[str, Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]]


@dataclass(frozen=True, slots=True)
class ListedGroup:
    row: Group
    members: int


def all_groups(ctx: Context) -> Sequence[ListedGroup]:
    """By code, with how many are in each. Inside a unit of work."""
    counted = select(col(Membership.group_id), func.count().label("n")).group_by(col(Membership.group_id)).subquery()
    rows = ctx.session.execute(
        select(Group, func.coalesce(counted.c.n, 0)).outerjoin(counted, counted.c.group_id == Group.id).order_by(col(Group.code))
    )
    return [ListedGroup(group, members) for group, members in rows]


def find_group(ctx: Context, code: str) -> Group:
    group = ctx.session.scalars(select(Group).where(col(Group.code) == code)).one_or_none()
    if group is None:
        raise not_found(ctx.gettext("There is no such group."))
    return group


def save_group(ctx: Context, form: GroupForm, code: str | None) -> Group:
    """Make (`code` None) or rename a group; a code never changes, since prices and pages name it. Inside `ctx.writing()`."""
    names = {locale: text for locale, text in form.name.items() if text and locale in ctx.site.locales}
    first = ctx.site.locales[0]
    if first not in names:
        raise invalid("required", ctx.gettext("This is required."), f"name.{first}")
    if code is None:
        if ctx.session.scalars(select(Group).where(col(Group.code) == form.code)).first() is not None:
            raise Refused(Problem("code_taken", ctx.gettext("This code is in use. Choose another one."), "code", status=409))
        group = Group(code=form.code, name=names, created_at=ctx.now())
        ctx.session.add(group)
    else:
        group = find_group(ctx, code)
        group.name = names
    ctx.session.flush()
    audit(ctx, "users.group.changed" if code else "users.group.created", f"customer_group:{group.code}", name=names)
    return group


def delete_group(ctx: Context, code: str) -> None:
    """Nobody is in it any more, and nobody's prices follow it. Inside `ctx.writing()`."""
    ctx.session.delete(find_group(ctx, code))
    ctx.session.flush()
    audit(ctx, "users.group.deleted", f"customer_group:{code}")


def add_members(ctx: Context, code: str, typed: str) -> int:
    """Put the customers with these addresses (apart by spaces, commas or lines) in; how many are new there.

    422 names the addresses that no account has; then nobody is put in. Inside `ctx.writing()`.
    """
    group = find_group(ctx, code)
    texts = [part for part in re.split(r"[\s,;,;]+", typed) if part][: MOST + 1]
    known = {text: by_email(ctx, _email(text)) for text in texts}
    found = [customer.id for customer in known.values() if customer]
    missing = [text for text, customer in known.items() if customer is None]
    if missing or not found or len(found) > MOST:
        message = ctx.gettext("No account has this address: %(addresses)s", addresses=", ".join(missing[:5]))
        empty = ctx.gettext("Give the addresses of up to %(n)s customers.", n=MOST)
        raise invalid("unknown_customer", message if missing else empty, "emails")
    inside = set(ctx.session.scalars(select(col(Membership.customer_id)).where(col(Membership.group_id) == group.id)))
    new = sorted(set(found) - inside)
    ctx.session.add_all([Membership(customer_id=customer, group_id=group.id) for customer in new])
    ctx.session.flush()
    audit(ctx, "users.group.members", f"customer_group:{code}", added=len(new))
    return len(new)


def _email(text: str) -> str:
    try:
        return normal(text)
    except ValueError:
        return ""

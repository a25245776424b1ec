"""What staff do to an account; each deed is in the audit trail. Callers hold the transaction."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.problems import conflict, invalid
from marketry.web.sessions import end_sessions_of
from marketry_users.links import void_links
from marketry_users.models import Customer, CustomerNote, Group, Membership
from marketry_users.passwords import ask_for_reset

MOST = 4_000  # characters of a note


def block(ctx: Context, customer: Customer) -> None:
    """Nobody signs in to the account until it is unblocked; who is signed in no longer is."""
    if customer.blocked_at is not None:
        return
    customer.blocked_at = ctx.now()
    ctx.session.flush()
    void_links(ctx, customer.id)
    ended = end_sessions_of(ctx, "customer", customer.id)
    audit(ctx, "users.customer.block", customer.id, sessions=ended)


def unblock(ctx: Context, customer: Customer) -> None:
    if customer.blocked_at is None:
        return
    customer.blocked_at = None
    ctx.session.flush()
    audit(ctx, "users.customer.unblock", customer.id)


def send_reset(ctx: Context, customer: Customer) -> None:
    """A mail with a link to set a new password. Staff see neither the link nor a password."""
    if customer.blocked_at is not None:
        raise conflict("blocked", ctx.gettext("This account is blocked. Unblock it first."))
    ask_for_reset(ctx.with_locale(customer.locale), customer.email)
    audit(ctx, "users.customer.send_reset", customer.id)


def sign_out_everywhere(ctx: Context, customer: Customer) -> int:
    ended = end_sessions_of(ctx, "customer", customer.id)
    audit(ctx, "users.customer.sign_out", customer.id, sessions=ended)
    return ended


def write_note(ctx: Context, customer: Customer, text: str, once: str) -> None:
    """`once` is the form's own key: sent twice, it is written once."""
    text = text.strip()
    if not 1 <= len(text) <= MOST:
        raise invalid("bad_note", ctx.gettext("Write something, at most %(n)s characters.", n=MOST), "text")
    if any(note.once == once for note in notes_of(ctx, customer.id)):
        return
    note = CustomerNote(
        customer_id=customer.id, once=once, at=ctx.now(), actor=ctx.actor.id, actor_name=ctx.actor.name[:200], text=text
    )
    ctx.session.add(note)
    ctx.session.flush()
    audit(ctx, "users.customer.note", customer.id)


def notes_of(ctx: Context, customer: str) -> Sequence[CustomerNote]:
    """Newest first."""
    mine = select(CustomerNote).where(col(CustomerNote.customer_id) == customer)
    return ctx.session.scalars(mine.order_by(col(CustomerNote.id).desc())).all()


def put_into_groups(ctx: Context, customer: Customer, codes: Sequence[str]) -> None:
    """The customer is in these groups and in no others; 422 for a code that there isn't."""
    groups = {group.code: group for group in ctx.session.scalars(select(Group))}
    unknown = [code for code in codes if code not in groups]
    if unknown:
        raise invalid("unknown_group", ctx.gettext("There is no such group."), "group")
    before = frozenset(
        ctx.session.scalars(
            select(col(Group.code))
            .join(Membership, col(Membership.group_id) == col(Group.id))
            .where(col(Membership.customer_id) == customer.id)
        )
    )
    after = frozenset(codes)
    if before == after:
        return
    ctx.session.execute(delete(Membership).where(col(Membership.customer_id) == customer.id))
    ctx.session.add_all([Membership(customer_id=customer.id, group_id=groups[code].id) for code in sorted(after)])
    ctx.session.flush()
    audit(ctx, "users.customer.groups", customer.id, added=sorted(after - before), removed=sorted(before - after))

"""The address book of a customer: at most fifty addresses, one the default for delivery, one for the bill."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import func, select, update
from sqlmodel import col

from marketry import Context
from marketry.commerce.addresses import Address
from marketry.commerce.people import SavedAddress as Saved
from marketry.problems import conflict, not_found
from marketry_users.models import SavedAddress
from marketry_users.tokens import new_id

MOST = 50
USES = ("shipping", "billing")
FIELDS = ("name", "line1", "line2", "city", "region", "postal_code", "country", "phone")


def saved_addresses(ctx: Context, customer: str) -> Sequence[Saved]:
    """Defaults first, then the latest. Inside a unit of work."""
    order = (
        col(SavedAddress.default_shipping).desc(),
        col(SavedAddress.default_billing).desc(),
        col(SavedAddress.created_at).desc(),
        col(SavedAddress.id),
    )
    rows = ctx.session.scalars(select(SavedAddress).where(col(SavedAddress.customer_id) == customer).order_by(*order))
    return [as_saved(row) for row in rows]


def as_saved(row: SavedAddress) -> Saved:
    address = Address(**{name: getattr(row, name) for name in FIELDS})
    return Saved(row.id, address, row.default_shipping, row.default_billing, row.label)


def find_address(ctx: Context, customer: str, id: str) -> SavedAddress:
    """The customer's own address; 404 for another's as for none."""
    row = ctx.session.get(SavedAddress, id)
    if row is None or row.customer_id != customer:
        raise not_found(ctx.gettext("There is no such address."))
    return row


def add_address(ctx: Context, customer: str, address: Address, label: str = "", default_for: Sequence[str] = ()) -> SavedAddress:
    """A new entry; the first one is the default for both. 409 where the book is full. Inside `ctx.writing()`."""
    count = ctx.session.scalar(select(func.count()).where(col(SavedAddress.customer_id) == customer)) or 0
    if count >= MOST:
        message = ctx.gettext("Your address book is full. Delete an address that you no longer need.")
        raise conflict("too_many_addresses", message)
    row = SavedAddress(id=new_id(), customer_id=customer, label=label, created_at=ctx.now(), **asdict(address))
    ctx.session.add(row)
    ctx.session.flush()
    make_default(ctx, row, default_for if count else USES)
    return row


def change_address(ctx: Context, row: SavedAddress, address: Address, label: str, default_for: Sequence[str]) -> None:
    """Inside `ctx.writing()`."""
    row.label = label
    for name in FIELDS:
        setattr(row, name, getattr(address, name))
    ctx.session.flush()
    make_default(ctx, row, default_for)


def make_default(ctx: Context, row: SavedAddress, uses: Sequence[str]) -> None:
    """From now on `row` is the default for `uses`, and no other address is. Inside `ctx.writing()`."""
    for use in uses:
        name = f"default_{use}"
        others = (col(SavedAddress.customer_id) == row.customer_id, col(SavedAddress.id) != row.id)
        ctx.session.execute(update(SavedAddress).where(*others).values({name: False}))
        setattr(row, name, True)
        ctx.session.flush()


def delete_address(ctx: Context, row: SavedAddress) -> None:
    """Another address becomes the default where this one was it: the latest. Inside `ctx.writing()`."""
    uses = [use for use in USES if getattr(row, f"default_{use}")]
    mine = col(SavedAddress.customer_id) == row.customer_id
    ctx.session.delete(row)
    ctx.session.flush()
    latest = ctx.session.scalars(select(SavedAddress).where(mine).order_by(col(SavedAddress.created_at).desc())).first()
    if latest is not None:
        make_default(ctx, latest, uses)


def keep_address(ctx: Context, customer: str, address: Address, default_for: Sequence[str] = ()) -> None:
    """Put what was typed at a checkout into the book, unless it is there. A full book keeps what it has."""
    same = [col(getattr(SavedAddress, name)) == getattr(address, name) for name in FIELDS]
    row = ctx.session.scalars(select(SavedAddress).where(col(SavedAddress.customer_id) == customer, *same)).first()
    if row is not None:
        make_default(ctx, row, default_for)
        return
    count = ctx.session.scalar(select(func.count()).where(col(SavedAddress.customer_id) == customer)) or 0
    if count < MOST:
        add_address(ctx, customer, address, default_for=default_for)

"""The customer book that other plugins ask: `ctx.service(CustomerBook)`."""

from collections.abc import Sequence

from marketry import Context
from marketry.commerce.addresses import Address
from marketry.commerce.people import Customer, SavedAddress
from marketry_users import address_book
from marketry_users.customers import by_email, by_id, person
from marketry_users.domain.emails import normal


class Book:
    """`marketry.commerce.people.CustomerBook` over the tables of users."""

    def customer(self, ctx: Context, id: str) -> Customer | None:
        with ctx.reading():
            row = by_id(ctx, id)
            return person(ctx, row) if row else None

    def by_email(self, ctx: Context, email: str) -> Customer | None:
        try:
            address = normal(email)
        except ValueError:
            return None
        with ctx.reading():
            row = by_email(ctx, address)
            return person(ctx, row) if row else None

    def addresses(self, ctx: Context, id: str) -> Sequence[SavedAddress]:
        with ctx.reading():
            return address_book.saved_addresses(ctx, id)

    def keep_address(self, ctx: Context, id: str, address: Address, *, default_for: Sequence[str] = ()) -> None:
        with ctx.writing():
            if by_id(ctx, id) is not None:
                address_book.keep_address(ctx, id, address, default_for)

"""Customers with accounts, and what they wish for."""

from datetime import timedelta
from random import Random

from people import PASSWORD, Person

from history.plans import read_goods
from history.shop import Shop
from marketry.commerce.addresses import Address
from marketry.commerce.people import CustomerBook


def account(shop: Shop, person: Person) -> str | None:
    """The customer that `person` is, registered just before the first order; None in a shop without accounts."""
    book = shop.staff.service(CustomerBook)
    if book is None:
        return None
    if person.email not in shop.members:
        known = book.by_email(shop.staff, person.email)
        shop.members[person.email] = known.id if known else _register(shop, book, person)
    return shop.members[person.email]


def _register(shop: Shop, book: CustomerBook, person: Person) -> str:
    from marketry_users.models import Registration
    from marketry_users.registering import open_account

    with shop.staff.writing() as session:
        now = shop.staff.now()
        asked = {"id": f"sample{len(shop.members)}", "email": person.email, "name": person.name, "locale": person.locale}
        session.add(Registration(**asked, password=_hashed(shop), created_at=now, expires_at=now + timedelta(days=1)))
        session.flush()
        customer = open_account(shop.staff, asked["id"])
        assert customer is not None
        book.keep_address(shop.staff, customer.id, Address(**person.address), default_for=("shipping", "billing"))
        return customer.id


def _hashed(shop: Shop) -> str:
    """The one password of all, hashed once: that takes a computer as long as an order."""
    from marketry_users.hashing import hasher

    if not shop.hashed:
        shop.hashed = hasher().hash_now(shop.staff, PASSWORD)
    return shop.hashed


def wishes(shop: Shop) -> None:
    """Some customers wish for some things."""
    if not shop.has("wishlist") or not shop.members:
        return
    from marketry_wishlist.lists import new_list
    from marketry_wishlist.wishing import wish

    random, offered = Random(11), read_goods()
    for customer in list(shop.members.values())[::2]:
        kept = new_list(shop.staff, customer)
        wanted = {one.product for one in random.choices(offered, [one.weight for one in offered], k=random.randint(1, 6))}
        for product in sorted(wanted):
            wish(shop.staff, kept, product)

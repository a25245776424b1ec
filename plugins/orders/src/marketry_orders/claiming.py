"""A guest's orders become a customer's: from the order's own page, or all of an address once it is known to be theirs."""

from sqlalchemy import update
from sqlmodel import col

from marketry import Context
from marketry.commerce.people import Customer
from marketry_orders.cart_owners import customer_of
from marketry_orders.locking import lock_order
from marketry_orders.models import Order
from marketry_orders.order_view import no_order
from marketry_orders.timeline import record


def claim_order(ctx: Context, number: str) -> None:
    """Put the order into the account of the customer who acts; 404 where it is another's. Who may see it was checked before."""
    who = customer_of(ctx)
    with ctx.writing():
        order = lock_order(ctx, number)
        if who is None or order.customer not in (None, who):
            raise no_order(ctx)
        if order.customer is None:
            order.customer = who
            record(ctx, order, "order.claimed")


def attach_guest_orders(ctx: Context, customer: Customer) -> None:
    """Give `customer` the orders that were placed without an account under their confirmed address."""
    if customer.email:
        ctx.session.execute(
            update(Order)
            .where(col(Order.email) == customer.email, col(Order.customer).is_(None))
            .values(customer=customer.id)
            .execution_options(synchronize_session=False)
        )

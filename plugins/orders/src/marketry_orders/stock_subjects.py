"""Under which name an order's stock is reserved."""

from marketry_orders.models import Order


def stock_subject(order: Order) -> str:
    """`order:<number>`; with a count behind it once the order was reinstated and took its stock anew."""
    return f"order:{order.number}" + (f":{order.reinstated}" if order.reinstated else "")

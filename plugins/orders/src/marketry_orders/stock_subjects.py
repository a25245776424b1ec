"""Under which name an order's stock is reserved."""

from marketry_orders.models import Order


def stock_subject(order: Order) -> str:
    """`order:<number>`, for as long as the order lives; also when it is cancelled and reinstated."""
    return f"order:{order.number}"

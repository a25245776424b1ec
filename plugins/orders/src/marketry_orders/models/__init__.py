"""Tables of carts, orders, payments and parcels. Amounts are minor units of the order's currency; times are aware UTC.

What shows in a URL (cart, line, payment, fulfilment, return) has a random text id; an order is known by its `number`.
JSON columns hold copies: an order reads the same when the plugin that filled them is gone.
"""

from marketry_orders.models.base import Table, one_of
from marketry_orders.models.carts import Cart, CartLine, IdempotentRequest
from marketry_orders.models.fulfilment import (
    PARCEL_STATES,
    RETURN_STATES,
    Allocation,
    Fulfilment,
    FulfilmentLine,
    Return,
    ReturnLine,
)
from marketry_orders.models.instruments import SavedMeans
from marketry_orders.models.order_lines import OrderAdjustment, OrderGroup, OrderLine, OrderTaxLine
from marketry_orders.models.orders import FULFILMENT_STATUSES, PAYMENT_STATUSES, STATUSES, Order, OrderHold, TimelineEntry
from marketry_orders.models.payments import OPERATION_STATES, Operation, Payment, Transaction
from marketry_orders.models.reconciliation import Discrepancy, ReconciledDay

__all__ = [
    "FULFILMENT_STATUSES",
    "OPERATION_STATES",
    "PARCEL_STATES",
    "PAYMENT_STATUSES",
    "RETURN_STATES",
    "STATUSES",
    "Allocation",
    "Cart",
    "CartLine",
    "Discrepancy",
    "Fulfilment",
    "FulfilmentLine",
    "IdempotentRequest",
    "Operation",
    "Order",
    "OrderAdjustment",
    "OrderGroup",
    "OrderHold",
    "OrderLine",
    "OrderTaxLine",
    "Payment",
    "ReconciledDay",
    "Return",
    "ReturnLine",
    "SavedMeans",
    "Table",
    "TimelineEntry",
    "Transaction",
    "one_of",
]

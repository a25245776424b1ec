"""Orders: the manifest, and which function answers which hook."""

from marketry import Permission, Plugin
from marketry_orders.settings import OrderSettings

plugin = Plugin(
    id="orders",
    title="Orders",
    summary="Cart, checkout, orders, payments ledger, parcels",
    after=("catalog",),
    settings=OrderSettings,
    models="marketry_orders.models",
    critical=True,
    permissions=(
        Permission("orders.order.read", "See orders"),
        Permission("orders.order.write", "Change, cancel and annotate orders"),
        Permission("orders.payment.write", "Receive, capture and refund payments"),
        Permission("orders.fulfilment.write", "Pack and ship parcels, receive returns"),
    ),
    declares_slots={
        "cart.below_lines": "Below the lines of the cart. Arguments: quote.",
        "cart.line": "Below one line of the cart. Arguments: line (QuoteLine), quote.",
        "checkout.summary": "Below the summary of the checkout. Arguments: quote.",
        "order.below_summary": "On the buyer's order page, below the totals. Arguments: number.",
    },
)

"""Cart, checkout, orders, payments ledger and fulfilment for Marketry."""

"""Pure rules of orders: no I/O, only the standard library and `marketry.commerce`."""

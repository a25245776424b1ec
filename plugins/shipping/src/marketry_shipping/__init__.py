"""Delivery: zones, methods and what they cost by weight and subtotal."""

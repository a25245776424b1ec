"""A wish list: a heart on every product, kept for visitors in a signed cookie and for customers with their account."""

"""The products as a feed for shopping sites (https://support.google.com/merchants/answer/7052112)."""

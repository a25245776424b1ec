"""Recently seen products, related products, and links to share."""

"""The home page: its sections, the kinds that the catalogue offers, and arranging them."""

"""Ways to further products: seen before, alike, bought together, and told to others."""

"""Lists of products: what was asked for, facets with counts, the page in its order."""

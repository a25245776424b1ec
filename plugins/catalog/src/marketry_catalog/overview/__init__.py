"""What lists know of every product, kept in memory: filters are intersections of sets of bits, counts are their sizes.

A set of 100,000 products is an int of 12.5 kB; intersecting two takes a microsecond and counting one five, so the facets of a
page cost
the same with a hundred products as with a hundred thousand (docs/adr/011). Cards, with their prices and stock, are read from
the database.
"""

"""Finding products by words: an engine behind one interface, the database's own by default."""

from marketry_catalog.search.finding import engine_of

__all__ = ["engine_of"]

"""Pure rules of the catalogue: no database, no web."""

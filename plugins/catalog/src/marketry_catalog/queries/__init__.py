"""Every reading query of the catalogue: statements are built once, select columns, and answer with rows or frozen values."""

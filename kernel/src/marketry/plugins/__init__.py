"""Finding, checking, ordering and calling plugins."""

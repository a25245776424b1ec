"""Contract trial: a search engine."""

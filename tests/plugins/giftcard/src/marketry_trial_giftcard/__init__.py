"""Contract trial: gift cards."""

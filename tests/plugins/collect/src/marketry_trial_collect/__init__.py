"""Contract trial: click and collect."""

"""Contract trial: sales tax."""

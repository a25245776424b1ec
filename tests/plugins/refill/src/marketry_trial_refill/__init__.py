"""Contract trial: a subscription."""

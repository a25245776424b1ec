"""Contract trial: bundles."""

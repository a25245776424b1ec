"""Slow queries and hanging gateways, to measure that they stall nobody else."""

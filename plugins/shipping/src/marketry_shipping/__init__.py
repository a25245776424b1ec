"""Delivery zones and methods for Marketry."""

"""Atelier, the default theme of Marketry."""

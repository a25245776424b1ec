"""Frozen values and pure rules of commerce that the hooks exchange. Nothing here does I/O or knows a plugin."""

"""Stateful twins of payment services on loopback, with books of their own. No money moves here."""

"""Stripe: hosted checkout by redirect, manual capture, saved cards, notices; through the official SDK."""

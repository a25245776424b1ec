"""Payments through Coinbox for Marketry."""

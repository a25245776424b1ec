"""Customers with accounts, staff with roles."""

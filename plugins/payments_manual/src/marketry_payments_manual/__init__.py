"""Bank transfer and cash on delivery for Marketry."""

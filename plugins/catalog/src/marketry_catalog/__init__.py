"""Products, variants, categories, pictures and stock for Marketry."""

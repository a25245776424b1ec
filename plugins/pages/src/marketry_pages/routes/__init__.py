"""Routes, one file per audience."""

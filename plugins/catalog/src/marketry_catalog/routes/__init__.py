"""Pages and JSON, one file per audience."""

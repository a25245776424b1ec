"""Pages and JSON, one module per audience and room."""

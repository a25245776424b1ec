"""Everything that speaks HTTP and HTML."""

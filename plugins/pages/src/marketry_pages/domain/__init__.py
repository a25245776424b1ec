"""Rules of pages and redirects; no I/O."""

"""The page cache: public pages are drawn once for everybody of a segment, and purged in the transaction that changes them."""

"""What staff change, one use case per module. All run in the caller's transaction, refuse with named fields, and are audited."""

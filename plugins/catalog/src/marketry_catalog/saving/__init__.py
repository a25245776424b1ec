"""Writing that editing and importing share: each keeps one derived thing true. All run in the caller's transaction."""

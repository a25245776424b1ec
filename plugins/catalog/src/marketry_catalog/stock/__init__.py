"""Stock: what is free, and every way in which it moves."""

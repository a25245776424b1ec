"""Pages of the shop's own words: legal texts, a journal, redirects."""

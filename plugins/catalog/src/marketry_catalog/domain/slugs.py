"""Slugs of products and categories are made as all addresses of the shop are."""

from marketry.slugs import LONGEST, free_slug, is_slug, slugify

__all__ = ["LONGEST", "free_slug", "is_slug", "slugify"]

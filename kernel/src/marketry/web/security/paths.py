"""Which paths are what: the fixed surfaces that the kernel treats apart."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Personal pages: never stored by a cache.
PRIVATE = ("/admin", "/account", "/checkout", "/cart", "/orders")
# Of these, the ones whose forms stand on personal pages only, so that each unsafe request carries the token.
# Adding to the cart happens on public product pages, which hold no token; the origin check alone guards it.
TOKEN = ("/admin", "/account", "/checkout")


def below(path: str, roots: tuple[str, ...]) -> bool:
    """Whether `path` is one of `roots` or lies under it."""
    return path.startswith(roots) and any(path == root or path.startswith(root + "/") for root in roots)

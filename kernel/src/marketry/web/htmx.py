"""What htmx sends and understands (https://htmx.org/reference/#headers)."""

from starlette.requests import Request


def wants_fragment(request: Request | None) -> bool:
    """An htmx request that swaps a part of the page. Boosted links and restored history need the whole page."""
    if request is None or "hx-request" not in request.headers:
        return False
    headers = request.headers
    return "hx-boosted" not in headers and "hx-history-restore-request" not in headers

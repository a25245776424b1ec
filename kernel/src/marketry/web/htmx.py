"""What htmx sends and understands (https://four.htmx.org/reference/)."""

from starlette.requests import Request


def wants_fragment(request: Request | None) -> bool:
    """An htmx request that swaps a part of the page; boosted links and restored history want the whole (`full`)."""
    return request is not None and request.headers.get("hx-request-type") == "partial"

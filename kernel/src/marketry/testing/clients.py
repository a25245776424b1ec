"""A client of a site's web application in the test's own process: no socket, the real middleware, the real database."""

import warnings
from typing import TYPE_CHECKING, Any

from marketry.web.app import create_app

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from marketry.runtime import Runtime

SHARED = "test_app"


def client_of(runtime: "Runtime", **options: Any) -> "TestClient":
    """A client that behaves as a browser on the site's own pages (`Origin` is sent). Use it in a `with` to start and stop
    the application; without, `startup` hooks don't run. It keeps cookies and follows redirects unless told not to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Starlette prefers httpx2; httpx is what the kernel itself speaks
        from fastapi.testclient import TestClient
    headers = {"Origin": runtime.site.base_url, **options.pop("headers", {})}
    app = options.pop("app", None) or create_app(runtime)
    return TestClient(app, base_url=runtime.site.base_url, headers=headers, **options)


def visitor_of(runtime: "Runtime", **options: Any) -> "TestClient":
    """As `client_of`, and all visitors of one runtime share one application, as they share a site: mounting the routes of a
    whole shop takes a third of a second each time. `client_of` stands for another process, with caches of its own."""
    kept = vars(runtime)
    if SHARED not in kept:
        kept[SHARED] = create_app(runtime)
    return client_of(runtime, app=kept[SHARED], **options)

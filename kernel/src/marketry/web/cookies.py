"""Cookies with the prefix and flags that the base URL's scheme allows; one place decides for all."""

from typing import TYPE_CHECKING, Literal

from starlette.responses import Response

from marketry.context import Context

if TYPE_CHECKING:
    from marketry.settings import Site


def cookie_name(site: "Site", name: str) -> str:
    """`__Host-<name>` over HTTPS: the browser then takes it from this host only, Secure, for the whole host (RFC 6265bis)."""
    return f"__Host-{name}" if secure(site) else name


def secure(site: "Site") -> bool:
    return site.base_url.startswith("https://")


def read_cookie(ctx: Context, name: str) -> str | None:
    """The cookie's value. Whoever reads one makes the page personal, so that no cache keeps it."""
    if ctx.request is None:
        return None
    ctx.personal = True
    return ctx.request.cookies.get(cookie_name(ctx.site, name))


def set_cookie(
    ctx: Context,
    response: Response,
    name: str,
    value: str,
    *,
    max_age: int | None = None,
    samesite: Literal["lax", "strict"] = "lax",
    readable: bool = False,
) -> None:
    """Set a cookie for `max_age` seconds (None: until the browser closes). `readable` by scripts: hints only, no secrets."""
    ctx.personal = True
    response.set_cookie(
        cookie_name(ctx.site, name),
        value,
        max_age=max_age,
        path="/",
        secure=secure(ctx.site),
        httponly=not readable,
        samesite=samesite,
    )


def drop_cookie(ctx: Context, response: Response, name: str) -> None:
    ctx.personal = True
    response.delete_cookie(cookie_name(ctx.site, name), path="/", secure=secure(ctx.site), httponly=True)

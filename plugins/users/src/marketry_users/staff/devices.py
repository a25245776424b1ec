"""The browser of a session, in words."""

from marketry import Context
from marketry_users.domain.devices import device


def described(ctx: Context, agent: str) -> str:
    """`Firefox on Windows`, as far as the browser told."""
    browser, system = device(agent)
    if browser and system:
        return ctx.gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or ctx.gettext("Unknown browser")

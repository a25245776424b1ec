"""Trying out the services that a plugin's settings lead to, and the mail server: audited, and outside any transaction."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel

from marketry.audit import audit
from marketry.connections import ConnectionResult, ConnectionTest, try_connection
from marketry.hookspecs.operations import connection_tests
from marketry.mail.trying import MAIL_SERVER
from marketry.problems import not_found
from marketry.settings.effective import BadSettings

if TYPE_CHECKING:
    from marketry import Context


def tests_of(ctx: "Context", plugin: str) -> Sequence[ConnectionTest]:
    """What `plugin` offers to try; nothing while it isn't running."""
    return ctx.hooks.of(plugin, connection_tests) or ()


def try_plugin(ctx: "Context", plugin: str, name: str) -> tuple[ConnectionTest, ConnectionResult]:
    """Run the test `name` of `plugin` with the settings as they are saved. 404 where there is none."""
    test = next((one for one in tests_of(ctx, plugin) if one.name == name), None)
    if test is None:
        raise not_found(ctx.gettext("There is nothing to test here."))
    return test, _tried(ctx, test, f"plugin:{plugin}", _settings(ctx, plugin))


def try_mail(ctx: "Context") -> ConnectionResult:
    """Reach the site's mail server and sign in there; no mail is sent."""
    return _tried(ctx, MAIL_SERVER, "site", None)


def _tried(ctx: "Context", test: ConnectionTest, subject: str, settings: BaseModel | None) -> ConnectionResult:
    result = try_connection(ctx, test, settings)
    with ctx.writing():
        audit(ctx, "backoffice.connection.tested", subject, connection=test.name, ok=result.ok)
    return result


def _settings(ctx: "Context", plugin: str) -> BaseModel | None:
    try:
        return ctx.runtime.effective(plugin).value
    except BadSettings:
        return None  # the test says what is wrong with them; there is nothing to send, either

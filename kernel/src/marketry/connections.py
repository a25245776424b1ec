"""Services outside that a plugin's settings lead to, and trying one out: what staff press a button for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr

from marketry.outbound import OutboundFailed
from marketry.problems import Refused
from marketry.telemetry import HIDDEN, log

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class ConnectionResult:
    """How a trial ended, for whoever pressed the button, in their language.

    `message` says, when it went well, what works now; otherwise what to do next. `facts` name the account and the mode that
    answered, label → value.
    """

    ok: bool
    message: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """A service to try. `name` stands in addresses and in the audit trail, `title` (English, translated) is the service's.

    `run(ctx)` asks the service for something that changes nothing there. It is called outside any transaction, with the settings
    as they are saved; it may raise Refused and OutboundFailed. Secrets don't belong into what it says.
    """

    name: str
    title: str
    run: Callable[["Context"], ConnectionResult]


def try_connection(ctx: "Context", test: ConnectionTest, settings: BaseModel | None = None) -> ConnectionResult:
    """Run `test`; whatever goes wrong is told as a result, and no secret of `settings` is in it. Not inside a transaction."""
    try:
        found = test.run(ctx)
    except Refused as refused:
        found = ConnectionResult(False, refused.problems[0].message)
    except OutboundFailed as failure:
        log.warning("connection_failed", connection=test.name, error=repr(failure))
        found = ConnectionResult(False, unreachable(ctx, failure))
    except Exception as error:
        log.exception("connection_test_failed", connection=test.name)
        found = ConnectionResult(
            False, ctx.gettext("The test itself failed (%(error)s). The log says more.", error=type(error).__name__)
        )
    return _without(found, tuple(_secrets(settings))) if settings is not None else found


def unreachable(ctx: "Context", failure: OutboundFailed) -> str:
    """What to tell staff when a service gave no answer."""
    return ctx.gettext(
        "No answer: %(reason)s. Look at the address, at this server's way out and at the service's own status page, "
        "then try again.",
        reason=str(failure),
    )


def _without(result: ConnectionResult, secrets: tuple[str, ...]) -> ConnectionResult:
    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, HIDDEN)
        return text

    return replace(result, message=clean(result.message), facts={name: clean(value) for name, value in result.facts.items()})


def _secrets(value: Any) -> Iterator[str]:
    """The texts of all secrets in a settings object, at any depth."""
    if isinstance(value, SecretStr):
        if text := value.get_secret_value().strip():
            yield text
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _secrets(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _secrets(one)

"""What Stripe says when it refuses. Source: https://docs.stripe.com/api/errors and https://docs.stripe.com/error-codes"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class StripeRefusal(Exception):
    """An error answer.

    ``kept`` says that the operation had begun: what happened stays in the book, and the answer under its idempotency
    key. A declined charge and a refund too many are facts, a mistyped parameter is not. ``fields`` are further members
    of the error object (decline_code, payment_intent …).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        kept: bool = False,
        **fields: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.kept = status, kept
        error: Json = {"code": code, "doc_url": _doc_url(code), "message": message, "param": param, "type": type, **fields}
        self.error = {name: value for name, value in error.items() if value is not None}

    def body(self) -> Json:
        """The answer's JSON."""
        return {"error": self.error}


def _doc_url(code: str | None) -> str | None:
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}" if code else None


def missing(param: str) -> StripeRefusal:
    """A parameter that has to be there."""
    return StripeRefusal(f"Missing required param: {param}.", code="parameter_missing", param=param)


def no_such(kind: str, id: str, param: str, *, elsewhere: str | None = None) -> StripeRefusal:
    """An id that isn't known in this account and mode; ``elsewhere`` names the mode in which it exists."""
    message = f"No such {kind}: '{id}'"
    if elsewhere:
        used = "test" if elsewhere == "live" else "live"
        message += f"; a similar object exists in {elsewhere} mode, but a {used} mode key was used to make this request."
    return StripeRefusal(message, status=404, code="resource_missing", param=param)

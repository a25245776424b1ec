"""The official SDK, sending through the site's own door to the outside: deadline, bounded pool, guarded addresses."""

from collections.abc import Mapping
from typing import Any

import stripe
from stripe import HTTPClient, StripeClient

from marketry import Context, Problem, Refused
from marketry.outbound import OutboundFailed
from marketry.telemetry import log
from marketry_payments_stripe.settings import StripeSettings

VERSION = "2026-10-28.endive"  # the SDK's own at the time of writing: answers have the shape that the code was written for
SECONDS = 10.0
RETRIES = 1  # within one call, under the same idempotency key; longer trouble is for the job's next attempt


class Door(HTTPClient):
    """`ctx.http` as the SDK wants it."""

    name = "marketry"

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        try:
            answer = self._ctx.http.request(
                method.upper(), url, headers=dict(headers or {}), content=post_data, plugin="payments_stripe", seconds=SECONDS
            )
        except OutboundFailed as failure:
            raise stripe.APIConnectionError(str(failure), should_retry=True) from failure  # type: ignore[no-untyped-call]
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        """The door is the site's."""


def client_of(ctx: Context) -> StripeClient:
    """Refused where no key is set."""
    settings = ctx.settings(StripeSettings)
    if not settings.complete:
        raise Refused(Problem("payment_method_unavailable", ctx.gettext("Stripe isn't set up."), "payments", status=409))
    return StripeClient(
        settings.secret_key.get_secret_value(),
        stripe_version=VERSION,
        base_addresses={"api": str(settings.api_base).rstrip("/")} if settings.api_base else None,
        max_network_retries=RETRIES,
        http_client=Door(ctx),
    )


# What Stripe says for good: nothing was done, and asking again brings the same.
FINAL = (stripe.CardError, stripe.InvalidRequestError, stripe.AuthenticationError, stripe.PermissionError)


def refused(ctx: Context, error: stripe.StripeError) -> Refused:
    """In the reader's words; Stripe's own go to the log."""
    log.warning("stripe_declined", code=error.code, status=error.http_status, request=error.request_id, message=str(error))
    message = ctx.gettext("Stripe refused: %(reason)s", reason=error.user_message or error.code or type(error).__name__)
    return Refused(Problem("payment_refused", message, "payments", status=409))

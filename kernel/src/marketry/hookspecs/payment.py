"""Payment providers."""

from collections.abc import Sequence

from marketry.commerce.payment import PaymentProvider
from marketry.plugins.markers import Failure, hookspec


@hookspec(Failure.BOOT)
def payment_providers() -> Sequence[PaymentProvider]:  # type: ignore[empty-body]
    """Return your ways to pay, each with a code that is unique in the site and never changes.

    Called once at boot; settings are read by the provider through `ctx.settings(…)` at each call. Shown to buyers in
    hook order where `offered(…)` has no objection.
    """

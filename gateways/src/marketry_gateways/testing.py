"""The twins in a test: context managers that start one on a free port and stop it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from marketry_gateways.stripe import StripeTwin

QUICK = (0.05, 0.1, 0.2, 0.4)
"""Seconds between attempts to deliver an event."""


@contextmanager
def stripe_twin(webhook: str = "", secret: str = "whsec_twin", **options: object) -> Iterator[StripeTwin]:  # noqa: S107 - a sandbox's
    """A Stripe twin that sends its events to ``webhook``, signed with ``secret``. Options as of ``StripeTwin``."""
    with StripeTwin(**{"waits": QUICK, **options}) as twin:  # type: ignore[arg-type]
        if webhook:
            twin.add_endpoint(webhook, secret)
        yield twin

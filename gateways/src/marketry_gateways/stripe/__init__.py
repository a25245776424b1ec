"""A stateful twin of Stripe, written from its public API reference. No money moves here.

In a test: ``with stripe_twin(webhook=url, secret=secret) as twin`` (``marketry_gateways.testing``), then a client with
``base_addresses={"api": twin.url}`` and the key ``twin.key``; levers are methods of the twin (``levers.py``), what
happened is in ``twin.statement()``. As a process: ``marketry-gateways stripe``, with ``GET /_book`` and ``POST /_control``.

Pinned to one API version (``VERSION``). Requests are held against the official SDK's own parameter types; what the twin
doesn't model it refuses aloud rather than passing over it.
"""

from marketry_gateways.stripe.desk import VERSION
from marketry_gateways.stripe.twin import ACCOUNT, KEYS, StripeTwin

__all__ = ["ACCOUNT", "KEYS", "VERSION", "StripeTwin"]

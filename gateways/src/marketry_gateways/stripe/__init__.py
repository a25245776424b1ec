"""A stateful twin of Stripe, written from its public API reference. No money moves here.

Pinned to one API version (``VERSION``). Requests are held against the official SDK's own parameter types; what the twin
doesn't model it refuses aloud rather than passing over it.
"""

from marketry_gateways.stripe.desk import VERSION
from marketry_gateways.stripe.twin import ACCOUNT, KEYS, StripeTwin

__all__ = ["ACCOUNT", "KEYS", "VERSION", "StripeTwin"]

"""What other plugins and sites may use of shipping."""

from marketry_shipping.defaults import ensure_default_zones

__all__ = ["ensure_default_zones"]

"""Property tests judge results, not the speed of a machine that others use at the same time."""

from hypothesis import HealthCheck, settings

settings.register_profile("orders_rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("orders_rules")

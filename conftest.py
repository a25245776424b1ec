"""What all tests of the workspace share: Hypothesis judges results, not the speed of a machine that others use as well."""

import os

from hypothesis import HealthCheck, settings

ANY_SPEED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, **ANY_SPEED)  # a run that passed passes again
settings.register_profile("searching", **ANY_SPEED)  # new examples in each run: `python3 dev.py test --all`
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

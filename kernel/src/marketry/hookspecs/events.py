"""Domain events."""

from collections.abc import Sequence

from marketry.jobs.values import Subscriber
from marketry.plugins.markers import Failure, hookspec


@hookspec(Failure.BOOT)
def subscribe() -> Sequence[Subscriber]:  # type: ignore[empty-body]
    """Return subscribers of typed events. Called once at boot.

    Each runs after commit, in order per subject, with `ctx.session` open: its database effects and its receipt commit
    together, so they happen exactly once; effects outside (mail, carrier) at least once under a stable key. A subscriber that
    raises is retried with back-off, then parked where staff see it. While the plugin is disabled its rows wait.
    """

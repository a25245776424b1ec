"""How long plugins take to answer hooks, for Prometheus: calls by how long they took, and their seconds in all.

prometheus_client needs 0.6 µs for one observation, as much as the whole call of a hook. So a call only appends its time to a
queue (30 ns), which is counted in batches: when it is long, when the metrics are read, and once a second.
"""

import threading
from bisect import bisect_left
from collections import Counter as Tally
from collections import deque
from collections.abc import Iterator

from prometheus_client import REGISTRY, Counter
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

BOUNDS = (0.0001, 0.001, 0.01, 0.05, 0.25, 1.0, 5.0)
BATCH = 512


class Times:
    """The times of one plugin's answers to one hook. `note(seconds)` is cheap and thread-safe."""

    __slots__ = ("_hook", "_lock", "_plugin", "note", "waiting")

    def __init__(self, plugin: str, hook: str) -> None:
        self._plugin, self._hook = plugin, hook
        self.waiting: deque[float] = deque()
        self.note = self.waiting.append
        self._lock = threading.Lock()

    def count(self) -> None:
        """Move what waits into the metrics."""
        with self._lock:
            batch = [self.waiting.popleft() for _ in range(len(self.waiting))]
        if not batch:
            return
        SECONDS.labels(self._plugin, self._hook).inc(sum(batch))
        for bucket, calls in Tally(bisect_left(BOUNDS, seconds) for seconds in batch).items():
            within = str(BOUNDS[bucket]) if bucket < len(BOUNDS) else "+Inf"
            CALLS.labels(self._plugin, self._hook, within).inc(calls)


class HookTimes(Collector):
    """All times in this process, by plugin and hook; registered ahead of the counters, so that reading them counts first."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], Times] = {}

    def of(self, plugin: str, hook: str) -> Times:
        return self._times.setdefault((plugin, hook), Times(plugin, hook))

    def count(self) -> None:
        for times in list(self._times.values()):
            times.count()

    def collect(self) -> Iterator[Metric]:
        self.count()
        return iter(())


HOOK_TIMES = HookTimes()
REGISTRY.register(HOOK_TIMES)
CALLS = Counter("marketry_hook_calls", "Answers to a hook that took at most so many seconds", ["plugin", "hook", "within"])
SECONDS = Counter("marketry_hook_seconds", "Time spent in a plugin's answers to a hook", ["plugin", "hook"])

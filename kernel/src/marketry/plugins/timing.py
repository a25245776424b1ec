"""How long plugins take to answer hooks, as a Prometheus histogram.

prometheus_client needs 0.6 µs for one observation, more than a hook call itself. So a call only appends its time to a queue
(30 ns), which is counted in batches: when it is long, and when the metrics are read.
"""

import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BOUNDS = (0.0001, 0.001, 0.01, 0.05, 0.25, 1.0, 5.0)
BATCH = 512


class Times:
    """The times of one plugin's answers to one hook. `note(seconds)` is cheap and thread-safe."""

    __slots__ = ("_counts", "_lock", "_total", "note", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[float] = deque()
        self.note: Callable[[float], None] = self.waiting.append
        self._counts = [0] * (len(BOUNDS) + 1)
        self._total = 0.0
        self._lock = threading.Lock()

    def count(self) -> tuple[tuple[int, ...], float]:
        """Calls per bucket (each up to its bound in BOUNDS, the last one beyond) and the sum of seconds."""
        with self._lock:
            while self.waiting:
                seconds = self.waiting.popleft()
                self._counts[bisect_left(BOUNDS, seconds)] += 1
                self._total += seconds
            return tuple(self._counts), self._total


class HookTimes(Collector):
    """All times in this process, by plugin and hook."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], Times] = {}

    def of(self, plugin: str, hook: str) -> Times:
        return self._times.setdefault((plugin, hook), Times())

    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily("marketry_hook_seconds", "Time of a plugin's answer to a hook", labels=["plugin", "hook"])
        for (plugin, hook), times in sorted(self._times.items()):
            counts, total = times.count()
            bounds = [*map(str, BOUNDS), "+Inf"]
            family.add_metric([plugin, hook], [(bound, sum(counts[: i + 1])) for i, bound in enumerate(bounds)], total)
        yield family


HOOK_TIMES = HookTimes()
REGISTRY.register(HOOK_TIMES)

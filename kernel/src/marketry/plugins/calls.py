"""One implementation of one hook, ready to be called: timed, and failing the way its hook says."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from marketry.plugins.failures import PluginFailed, SwitchedOff
from marketry.plugins.timing import BATCH, HOOK_TIMES
from marketry.problems import Refused
from marketry.telemetry import log

FAILURES_UNTIL_OFF = 5  # in a row, of a decorative hook
OVERRUNS_UNTIL_REST = 3  # in a row, of a decorative hook
REST_SECONDS = 30.0


class Call:
    """An implementation that fails closed: whatever it raises becomes an error that names the plugin."""

    __slots__ = ("_note", "_picks", "_times", "_waiting", "budget", "function", "hook", "plugin", "version")

    def __init__(
        self,
        plugin: str,
        version: str,
        hook: str,
        function: Callable[..., Any],
        picks: tuple[int, ...] | None,
        budget: float,
    ) -> None:
        """`picks`: positions of the hook's arguments that the function takes, None: all, in order. `budget` in seconds."""
        self.plugin, self.version, self.hook, self.function = plugin, version, hook, function
        self._picks = picks
        self.budget = budget
        self._times = HOOK_TIMES.of(plugin, hook)
        self._note, self._waiting = self._times.note, self._times.waiting

    def __call__(self, args: tuple[Any, ...]) -> Any:
        started = perf_counter()
        try:
            picks = self._picks
            value = self.function(*args) if picks is None else self.function(*[args[i] for i in picks])
        except Exception as error:
            raise self._signed(error) from error
        seconds = perf_counter() - started
        self._note(seconds)
        if seconds > self.budget:
            self._warn(seconds)
        elif len(self._waiting) > BATCH:
            self._times.count()
        return value

    def _signed(self, error: Exception) -> Exception:
        """`error` with the plugin's name on it; one that a nested hook has signed keeps its name."""
        if isinstance(error, Refused):
            return Refused(*(problem.by(self.plugin) for problem in error.problems))
        if isinstance(error, PluginFailed):
            return error
        return PluginFailed(self.plugin, self.version, self.hook, error)

    def _warn(self, seconds: float) -> None:
        log.warning("hook_slow", plugin=self.plugin, hook=self.hook, seconds=round(seconds, 3), budget=self.budget)


class OpenCall(Call):
    """An implementation that fails open: it renders nothing, is logged, and after repeated failures is switched off.

    One that keeps overrunning its budget rests for half a minute and is then tried again.
    """

    __slots__ = ("_failures", "_last", "_overruns", "_rests_until")

    def __init__(
        self,
        plugin: str,
        version: str,
        hook: str,
        function: Callable[..., Any],
        picks: tuple[int, ...] | None,
        budget: float,
    ) -> None:
        super().__init__(plugin, version, hook, function, picks, budget)
        self._failures = self._overruns = 0
        self._rests_until = 0.0
        self._last = ""

    def __call__(self, args: tuple[Any, ...], keywords: dict[str, Any] | None = None) -> Any:
        started = perf_counter()
        if self._failures >= FAILURES_UNTIL_OFF or started < self._rests_until:
            return None
        try:
            chosen = args if self._picks is None else [args[i] for i in self._picks]
            value = self.function(*chosen, **keywords) if keywords else self.function(*chosen)
        except Exception as error:
            return self._failed(error)
        seconds = perf_counter() - started
        self._note(seconds)
        if seconds > self.budget:
            self._overran(seconds)
        elif self._failures or self._overruns:
            self._failures = self._overruns = 0
        if len(self._waiting) > BATCH:
            self._times.count()
        return value

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        self._last = f"{type(error).__name__}: {error}"
        log.error("hook_failed", plugin=self.plugin, hook=self.hook, failures=self._failures, exc_info=error)
        if self._failures == FAILURES_UNTIL_OFF:
            log.error("hook_switched_off", plugin=self.plugin, hook=self.hook, reason=self._last)

    def _overran(self, seconds: float) -> None:
        self._warn(seconds)
        self._overruns += 1
        if self._overruns >= OVERRUNS_UNTIL_REST:
            self._rests_until = perf_counter() + REST_SECONDS
            self._last = f"took {seconds:.2f} s, its budget is {self.budget:.2f} s"

    @property
    def off(self) -> SwitchedOff | None:
        """Why it isn't called at present; None while it is."""
        if self._failures >= FAILURES_UNTIL_OFF:
            return SwitchedOff(self.plugin, self.hook, self._last)
        if perf_counter() < self._rests_until:
            return SwitchedOff(self.plugin, self.hook, self._last, resting=True)
        return None

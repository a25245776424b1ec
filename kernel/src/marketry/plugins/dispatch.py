"""Calling hooks: who answered what, in order, with the failure policy that the hook declares."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import inf
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

from marketry.plugins.calls import Call, OpenCall
from marketry.plugins.failures import SwitchedOff
from marketry.plugins.markers import Failure, spec_of

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K")
V = TypeVar("V")


class Answer(NamedTuple, Generic[R]):
    """What a plugin answered, and which one in which version it was. (A tuple: half the cost of a frozen dataclass.)"""

    plugin: str
    version: str
    value: R


class Hooks:
    """The calls of one site's hooks. Implementations that answer None are left out.

    A hook that fails closed raises PluginFailed (or Refused, signed by the plugin); one that fails open yields no answer.
    """

    def __init__(self, table: Mapping[Callable[..., Any], tuple[Call, ...]], budget: float) -> None:
        self._table = table
        self._budget = budget
        self._shields: dict[tuple[str, str], OpenCall] = {}

    def each(self, spec: Callable[P, R | None], *args: P.args, **kwargs: P.kwargs) -> list[Answer[R]]:
        """All answers, in hook order."""
        answers: list[Answer[R]] = []
        for call in self._calls(spec, kwargs):
            value = call(args)
            if value is not None:
                answers.append(Answer(call.plugin, call.version, value))
        return answers

    def of(self, plugin: str, spec: Callable[P, R | None], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """The answer of one plugin, None where it doesn't implement the hook."""
        for call in self._calls(spec, kwargs):
            if call.plugin == plugin:
                value: R | None = call(args)
                return value
        return None

    def first(self, spec: Callable[P, R | None], *args: P.args, **kwargs: P.kwargs) -> Answer[R] | None:
        """The first answer that isn't None; those after it are not asked."""
        for call in self._calls(spec, kwargs):
            value = call(args)
            if value is not None:
                return Answer(call.plugin, call.version, value)
        return None

    def merged(
        self, spec: Callable[..., Mapping[K, V]], keys: Sequence[K], arguments: Callable[[Sequence[K]], tuple[Any, ...]]
    ) -> dict[K, Answer[V]]:
        """One answer per key: each plugin is asked only for what earlier ones left open.

        `arguments(missing)` gives the hook's arguments: `merged(resolve_items, skus, lambda missing: (ctx, missing))`.
        Keys that nobody answers are missing in the result; answers to keys that weren't asked are dropped.
        """
        found: dict[K, Answer[V]] = {}
        missing: list[K] = list(dict.fromkeys(keys))
        for call in self._calls(spec, {}):
            if not missing:
                break
            values = call(arguments(missing)) or {}
            found.update({key: Answer(call.plugin, call.version, values[key]) for key in missing if key in values})
            missing = [key for key in missing if key not in found]
        return found

    def stream(self, spec: Callable[P, Iterable[R] | None], *args: P.args, **kwargs: P.kwargs) -> Iterator[Answer[R]]:
        """The items of all answers, one by one; for hooks that yield (sitemap). Fails as the hook does, also midway."""
        return self.stream_after(0, spec, *args, **kwargs)

    def stream_after(
        self, skipped: int, spec: Callable[P, Iterable[R] | None], *args: P.args, **kwargs: P.kwargs
    ) -> Iterator[Answer[R]]:
        """The same without the first `skipped` items of all. An answer with a method `skip(n)` passes over up to n of its own,
        says how many, and yields the rest; of others each is made and dropped."""
        for call in self._calls(spec, kwargs):
            values = call(args)
            if values is None:
                continue

            def again(function: Callable[[], Any], call: Call = call) -> Call:
                return type(call)(call.plugin, call.version, call.hook, function, None, call.budget)

            if skipped and hasattr(values, "skip"):
                skipped -= again(partial(values.skip, skipped))(()) or 0
            following = again(partial(next, iter(values), _END))
            while (item := following(())) is not None and item is not _END:
                if skipped:
                    skipped -= 1
                else:
                    yield Answer(call.plugin, call.version, item)

    def implemented(self, spec: Callable[..., Any]) -> bool:
        """Whether any enabled plugin implements the hook."""
        return bool(self._calls(spec, {}))

    def shielded(self, plugin: str, place: str, function: Callable[..., R | None], *args: Any, **kwargs: Any) -> R | None:
        """Call decoration that a plugin handed over earlier (a slot's render, a badge) as an open hook is called:
        None when it fails, switched off after repeated failures. `place` names it for staff (`slot product.below_price`)."""
        call = self._shields.get((plugin, place))
        if call is None or call.function is not function:
            call = self._shields[plugin, place] = OpenCall(plugin, "", place, function, None, self._budget)
        value: R | None = call(args, kwargs)
        return value

    @property
    def switched_off(self) -> tuple[SwitchedOff, ...]:
        """Decoration that isn't called at present, for staff to see."""
        calls = [call for calls in self._table.values() for call in calls if isinstance(call, OpenCall)]
        return tuple(off for call in (*calls, *self._shields.values()) if (off := call.off))

    def _calls(self, spec: Callable[..., Any], kwargs: Mapping[str, Any]) -> tuple[Call, ...]:
        if kwargs:
            raise TypeError(f"pass the arguments of {spec_of(spec).name} by position")
        calls = self._table.get(spec)
        if calls is None:
            spec_of(spec)  # TypeError where it is no hook at all; a hook of a disabled plugin has no answers
            return ()
        return calls


_END = object()


def make_call(
    failure: Failure,
    plugin: str,
    version: str,
    hook: str,
    function: Callable[..., Any],
    picks: tuple[int, ...] | None,
    budget: float,
) -> Call:
    """A call that fails as `failure` says.

    BOOT hooks fail closed, the boot turns that into quarantine; they import much, once, so no budget holds for them.
    """
    kind = OpenCall if failure is Failure.OPEN else Call
    return kind(plugin, version, hook, function, picks, inf if failure is Failure.BOOT else budget)

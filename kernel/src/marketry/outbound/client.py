"""`ctx.http`: requests that never hang, never wander into private networks, and never take the pages down with them."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
from anyio import from_thread
from anyio.to_thread import current_default_thread_limiter
from prometheus_client import Counter, Histogram

from marketry.outbound.addresses import AllowList
from marketry.outbound.connecting import GuardedTransport, deadline
from marketry.outbound.failures import (
    AddressRefused,
    AnswerTooLarge,
    Busy,
    DeadlinePassed,
    OutboundFailed,
    Unreachable,
)

if TYPE_CHECKING:
    from marketry.runtime import Runtime

__all__ = ["AddressRefused", "AnswerTooLarge", "Busy", "DeadlinePassed", "Outbound", "OutboundFailed", "Unreachable"]

AT_ONCE = 32  # calls of one process
AT_ONCE_PER_PLUGIN = 8
WAIT_FOR_ROOM = 1.0  # seconds
LARGEST = 5 * 1024 * 1024  # bytes
SECONDS = Histogram(
    "marketry_outbound_seconds", "Time of calls to other hosts", ["pool"], buckets=(0.05, 0.2, 0.5, 1, 2, 5, 10, 30)
)
FAILURES = Counter("marketry_outbound_failures", "Calls to other hosts without a usable answer", ["pool", "kind"])
_DESCRIBES_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")


class Outbound:
    """`[outbound] allow` of the site lists what may be called beside public addresses (see AllowList)."""

    def __init__(self, runtime: "Runtime") -> None:
        self._client = httpx.Client(
            transport=GuardedTransport(AllowList(runtime.site.listed("outbound", "allow"))),
            headers={"User-Agent": "Marketry (+https://pypi.org/project/marketry/)"},
            trust_env=False,
            follow_redirects=False,
        )
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._pools: dict[str, threading.BoundedSemaphore] = {}
        self._guard = threading.Lock()

    def request(
        self, method: str, url: str, *, plugin: str = "", seconds: float = 10.0, largest: int = LARGEST, **options: Any
    ) -> httpx.Response:
        """The whole answer, whatever its status, within `seconds`; OutboundFailed otherwise.

        `plugin` names the pool of AT_ONCE_PER_PLUGIN calls (default: the host). Redirects are not followed. `options` are
        those of httpx: params, headers, json, data, content, auth. Never call it inside `ctx.writing()`.
        """
        host = httpx.URL(url).host
        pool = plugin or host
        try:
            with self._admitted(pool), SECONDS.labels(pool).time(), deadline(seconds):
                return self._answer(method, url, largest, options)
        except OutboundFailed as failure:
            FAILURES.labels(pool, type(failure).__name__).inc()
            raise
        except httpx.TimeoutException:
            FAILURES.labels(pool, "DeadlinePassed").inc()
            raise DeadlinePassed(f"{host} gave no whole answer within {seconds:g} s") from None
        except httpx.TransportError as error:
            FAILURES.labels(pool, "Unreachable").inc()
            raise Unreachable(f"{host}: {error or type(error).__name__}") from None

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)

    def close(self) -> None:
        self._client.close()

    def _answer(self, method: str, url: str, largest: int, options: Mapping[str, Any]) -> httpx.Response:
        with self._client.stream(method, url, timeout=None, **options) as response:
            body = bytearray()
            for part in response.iter_bytes():
                body += part
                if len(body) > largest:
                    raise AnswerTooLarge(f"{response.url.host} answered with more than {largest} bytes")
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _DESCRIBES_TRANSFER]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)

    @contextmanager
    def _admitted(self, pool: str) -> Iterator[None]:
        with self._guard:
            own = self._pools.setdefault(pool, threading.BoundedSemaphore(AT_ONCE_PER_PLUGIN))
        with (
            _beside_the_pages(),
            _taken(own, f"{pool} has {AT_ONCE_PER_PLUGIN} calls under way"),
            _taken(self._room, f"{AT_ONCE} calls to other hosts are under way"),
        ):
            yield


@contextmanager
def _taken(room: threading.BoundedSemaphore, otherwise: str) -> Iterator[None]:
    if not room.acquire(timeout=WAIT_FOR_ROOM):
        raise Busy(otherwise)
    try:
        yield
    finally:
        room.release()


@contextmanager
def _beside_the_pages() -> Iterator[None]:
    """A thread that waits for another host doesn't count among the few that serve pages: lend them one more meanwhile."""
    try:
        from_thread.run_sync(_lend, 1)
    except RuntimeError:  # not a thread of the web server
        yield
        return
    try:
        yield
    finally:
        from_thread.run_sync(_lend, -1)


def _lend(threads: int) -> None:
    current_default_thread_limiter().total_tokens += threads

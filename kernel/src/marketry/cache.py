"""A cache of what can be made again: in the process, or in Redis where one is configured. Never the only place of anything.

Values are bytes or JSON; both kinds of cache hand out copies, so nobody changes what another will read. A Redis that is away is a
cache that is empty.
"""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from marketry.telemetry import log

if TYPE_CHECKING:
    from marketry.runtime import Runtime

LOCAL_BYTES = 16 * 1024 * 1024
MAKE_WITHIN = 10.0  # seconds that others wait at most for the one who makes a value


class Store(Protocol):
    """Where encoded values lie. `lock` is a promise that one caller makes a value while the others wait or go without."""

    def read(self, key: str) -> bytes | None: ...
    def write(self, key: str, value: bytes, ttl: float) -> None: ...
    def remove(self, key: str) -> None: ...
    def lock(self, key: str) -> bool: ...
    def unlock(self, key: str) -> None: ...


class Cache:
    """`ctx.cache`. Times to live are in seconds."""

    def __init__(self, runtime: "Runtime") -> None:
        self._store: Store = RedisStore(runtime) if runtime.site.redis_url else LocalStore()
        self._making: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: str) -> Any:
        """The value, or None where there is none (any more)."""
        found = self._store.read(key)
        return None if found is None else _decode(found)

    def set(self, key: str, value: Any, ttl: float = 300) -> None:
        self._store.write(key, _encode(value), ttl)

    def delete(self, key: str) -> None:
        self._store.remove(key)

    def get_or_make(self, key: str, make: Callable[[], Any], ttl: float = 300) -> Any:
        """The value, made by `make` where there is none: by one thread of one process, while others wait for it."""
        found = self._store.read(key)
        if found is not None:
            return _decode(found)
        with self._only_here(key):
            return self._made(key, make, ttl)

    def _made(self, key: str, make: Callable[[], Any], ttl: float) -> Any:
        give_up = time.monotonic() + MAKE_WITHIN
        while (found := self._store.read(key)) is None:
            ours = self._store.lock(key)
            if ours or time.monotonic() > give_up:
                return self._make(key, make, ttl, ours)
            time.sleep(0.02)
        return _decode(found)

    def _make(self, key: str, make: Callable[[], Any], ttl: float, ours: bool) -> Any:
        try:
            value = make()
            self._store.write(key, _encode(value), ttl)
            return value
        finally:
            if ours:
                self._store.unlock(key)

    @contextmanager
    def _only_here(self, key: str) -> Iterator[None]:
        """Threads of this process make one value of a key at a time."""
        with self._guard:
            lock = self._making.setdefault(key, threading.Lock())
        try:
            with lock:
                yield
        finally:
            with self._guard:
                if not lock.locked():
                    self._making.pop(key, None)

    def close(self) -> None:
        if isinstance(self._store, RedisStore):
            self._store.close()


class LocalStore:
    """The least recently used values go first when they take more than `limit` bytes together."""

    def __init__(self, limit: int = LOCAL_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._values: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, key: str) -> bytes | None:
        with self._lock:
            value, until = self._values.get(key, (None, 0.0))
            if value is None:
                return None
            if until < time.monotonic():
                self._forget(key)
                return None
            self._values.move_to_end(key)
            return value

    def write(self, key: str, value: bytes, ttl: float) -> None:
        with self._lock:
            self._forget(key)
            self._values[key] = (value, time.monotonic() + ttl)
            self._size += len(key) + len(value)
            while self._size > self._limit:
                self._forget(next(iter(self._values)))

    def remove(self, key: str) -> None:
        with self._lock:
            self._forget(key)

    def _forget(self, key: str) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self._size -= len(key) + len(value[0])

    def lock(self, key: str) -> bool:
        return True  # threads have queued already

    def unlock(self, key: str) -> None:
        return None


class RedisStore:
    """Keys carry the site, since several may share one Redis. After a failure it isn't asked for `PAUSE` seconds."""

    PAUSE = 2.0

    def __init__(self, runtime: "Runtime") -> None:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        site = hashlib.sha256(f"{runtime.site.base_url}|{runtime.database.url}".encode()).hexdigest()[:12]
        self._prefix = f"marketry:{site}:"
        self._redis = Redis.from_url(
            runtime.site.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0)
        )
        self._away_until = 0.0

    def read(self, key: str) -> bytes | None:
        found: bytes | None = self._ask(lambda: self._redis.get(self._prefix + key))
        return found

    def write(self, key: str, value: bytes, ttl: float) -> None:
        self._ask(lambda: self._redis.set(self._prefix + key, value, px=max(1, int(ttl * 1000))))

    def remove(self, key: str) -> None:
        self._ask(lambda: self._redis.delete(self._prefix + key))

    def lock(self, key: str) -> bool:
        """True where nobody holds it, or where Redis is away: then everybody makes for himself."""
        name = f"{self._prefix}lock:{key}"
        return bool(self._ask(lambda: self._redis.set(name, b"", nx=True, px=int(MAKE_WITHIN * 1000)), away=True))

    def unlock(self, key: str) -> None:
        self._ask(lambda: self._redis.delete(f"{self._prefix}lock:{key}"))

    def close(self) -> None:
        self._redis.close()

    def _ask(self, question: Callable[[], Any], away: Any = None) -> Any:
        from redis.exceptions import RedisError

        if time.monotonic() < self._away_until:
            return away
        try:
            return question()
        except RedisError as error:
            self._away_until = time.monotonic() + self.PAUSE
            log.warning("cache_away", error=repr(error))
            return away


def _encode(value: Any) -> bytes:
    if isinstance(value, bytes):
        return b"b" + value
    return b"j" + json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _decode(stored: bytes) -> Any:
    return stored[1:] if stored[:1] == b"b" else json.loads(stored[1:])

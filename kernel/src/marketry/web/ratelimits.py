"""Limits on how often something may be tried: in Redis where there is one, else in this process's memory."""

import time
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from marketry.context import Context
from marketry.problems import Problem, Refused
from marketry.telemetry import log

if TYPE_CHECKING:
    from marketry.runtime import Runtime


class Limiter:
    """Counts in Redis; while Redis is gone, in memory, so that the limit holds per process."""

    def __init__(self, redis_url: str | None) -> None:
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_redis(redis_url)) if redis_url else None

    def hit(self, limit: RateLimitItem, key: str) -> bool:
        """Count one try; False when it is one too many."""
        if self._shared is not None:
            try:
                return self._shared.hit(limit, key)
            except StorageError:
                log.warning("rate_limit_in_memory", reason="Redis doesn't answer")
        return self._memory.hit(limit, key)

    def seconds_left(self, limit: RateLimitItem, key: str) -> int:
        """Until the next try is allowed, at least 1."""
        windows = (self._shared, self._memory) if self._shared else (self._memory,)
        for window in windows:
            try:
                return max(1, int(window.get_window_stats(limit, key).reset_time - time.time()) + 1)
            except StorageError:
                continue
        return limit.get_expiry()


def _redis(url: str) -> Storage:
    return RedisStorage(url, wrap_exceptions=True, socket_timeout=0.5, socket_connect_timeout=0.5)


@cache
def _parsed(limit: str) -> RateLimitItem:
    return parse(limit)


_limiters: "WeakKeyDictionary[Runtime, Limiter]" = WeakKeyDictionary()


def limiter_of(runtime: "Runtime") -> Limiter:
    found = _limiters.get(runtime)
    if found is None:
        found = _limiters[runtime] = Limiter(runtime.site.redis_url)
    return found


def rate_limit(ctx: Context, key: str, limit: str = "5/minute") -> None:
    """Refuse (429) more than `limit` tries of `key` (`sign-in:ada@example.org`); says when to come back."""
    limiter, item = limiter_of(ctx.runtime), _parsed(limit)
    full_key = f"{ctx.site.name}:{key}"
    if limiter.hit(item, full_key):
        return
    seconds = limiter.seconds_left(item, full_key)
    message = ctx.ngettext("Too many tries. Please wait a second.", "Too many tries. Please wait %(n)s seconds.", seconds)
    raise Refused(Problem("too_many_requests", message, status=429, retry_after=seconds))


def network(ctx: Context) -> str:
    """The address that a request came from, to count tries by; of IPv6 the /64, which one subscriber has whole."""
    host = ctx.request.client.host if ctx.request and ctx.request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else ":".join(address.exploded.split(":")[:4])

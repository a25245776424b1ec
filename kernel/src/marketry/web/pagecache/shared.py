"""Redis: the pages that other processes have drawn, and the token that says there is something new to read."""

import hashlib
import secrets
import time
from asyncio import AbstractEventLoop, get_running_loop
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from marketry.telemetry import log

if TYPE_CHECKING:
    from redis.asyncio import Redis as AsyncRedis

    from marketry.runtime import Runtime

TIMEOUT = 0.25  # seconds
PAUSE = 2.0  # seconds for which a Redis that failed isn't asked


class SharedPages:
    """Whatever goes wrong, Redis counts as empty, and the rows in the database are read once a second as without it."""

    def __init__(self, runtime: "Runtime") -> None:
        site = hashlib.sha256(f"{runtime.site.base_url}|{runtime.database.url}".encode()).hexdigest()[:12]
        self._prefix = f"marketry:{site}:page:"
        self._url = runtime.site.redis_url
        self._clients: WeakKeyDictionary[AbstractEventLoop, AsyncRedis] = WeakKeyDictionary()
        self._away_until = 0.0

    async def token(self) -> bytes | None:
        """Another value than before: something was purged meanwhile."""
        return await self._ask("get", f"{self._prefix}token")

    async def read(self, key: str) -> bytes | None:
        return await self._ask("get", self._prefix + key)

    async def write(self, key: str, value: bytes, seconds: float) -> None:
        await self._ask("set", self._prefix + key, value, px=max(1, int(seconds * 1000)))

    def renew_token(self) -> None:
        """Called after a commit, in the thread that committed. A random value: a count would begin anew with Redis."""
        from redis import Redis
        from redis.exceptions import RedisError

        try:
            with Redis.from_url(self._url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT) as client:
                client.set(f"{self._prefix}token", secrets.token_bytes(8))
        except RedisError as error:
            log.warning("purge_not_announced", error=repr(error))

    async def close(self) -> None:
        """Give back the connections of this event loop."""
        client = self._clients.pop(get_running_loop(), None)
        if client is not None:
            await client.aclose()

    async def _ask(self, command: str, *arguments: Any, **options: Any) -> bytes | None:
        from redis.exceptions import RedisError

        if time.monotonic() < self._away_until:
            return None
        try:
            answer: bytes | None = await getattr(self._client(), command)(*arguments, **options)
            return answer
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + PAUSE
            log.warning("shared_pages_away", error=repr(error))
            return None

    def _client(self) -> "AsyncRedis":
        """One per event loop, which is one per process but for tests."""
        loop = get_running_loop()
        found = self._clients.get(loop)
        if found is None:
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff

            found = self._clients[loop] = Redis.from_url(
                self._url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0)
            )
        return found

"""Passwords are hashed here and nowhere else: Argon2id in one thread of low priority, with a short queue.

A hash costs some 25 ms of a core and 19 MiB on purpose. Pages must not wait for it, so the endpoints that need one are
`async` and hold none of the few worker threads while it is made; the thread that makes it gives way to every other one (on
Linux priority is per thread); and who finds the queue full is asked to come back in a moment (429 `busy`). Measured in
`benchmarks/sign_ins.py`.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from marketry import Context
from marketry.problems import Problem, Refused

# OWASP Password Storage Cheat Sheet, first choice for Argon2id: 19 MiB, two passes, one lane.
ARGON2 = Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)
T = TypeVar("T")
WAITING = 24  # in the queue of one process at most
PATIENCE = 2.0  # seconds that somebody may have to wait for their turn, as it looks when they come
NICE = 10  # a tenth of an ordinary thread's share where both want a core; at 19 sign-ins would starve in a busy shop


class Hasher:
    """One per process. Both methods may be awaited by any number of requests; `Refused` (429) where too many wait."""

    def __init__(self) -> None:
        self._passwords = PasswordHash((ARGON2,))
        self._thread = ThreadPoolExecutor(1, "passwords", _give_way)
        started = perf_counter()
        self._dummy = self._passwords.hash("nobody's")
        self._seconds = perf_counter() - started  # that one takes, lately
        self._waiting = 0
        self._lock = threading.Lock()

    async def hash(self, ctx: Context, password: str) -> str:
        return await self._run(ctx, self._passwords.hash, password)

    async def matches(self, ctx: Context, password: str, stored: str | None) -> bool:
        """Whether `password` is the one of `stored`. Without a stored one it takes as long, and is False."""
        right = await self._run(ctx, self._passwords.verify, password, stored or self._dummy)
        return right and stored is not None

    def hash_now(self, ctx: Context, password: str) -> str:
        """As `hash`, from a worker thread or a command, which waits for it: for the few who are signed in to the back office."""
        with self._in_line(ctx):
            return self._thread.submit(self._timed, self._passwords.hash, password).result()

    def matches_now(self, ctx: Context, password: str, stored: str | None) -> bool:
        """As `matches`, from a worker thread."""
        with self._in_line(ctx):
            right = self._thread.submit(self._timed, self._passwords.verify, password, stored or self._dummy).result()
        return right and stored is not None

    async def _run(self, ctx: Context, work: Callable[..., T], *arguments: str) -> T:
        with self._in_line(ctx):
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._timed, work, *arguments)

    def demand_room(self, ctx: Context) -> None:
        """Refuse (429 `busy`) where somebody who came now would wait too long; ask before a try is counted."""
        ahead = self._waiting * self._seconds
        if self._waiting > WAITING or ahead > PATIENCE:
            message = ctx.gettext("Many people are signing in right now. Please try again in a moment.")
            raise Refused(Problem("busy", message, status=429, retry_after=max(1, round(ahead))))

    def _timed(self, work: Callable[..., T], *arguments: str) -> T:
        started = perf_counter()
        done = work(*arguments)
        self._seconds += (perf_counter() - started - self._seconds) / 8  # a moving average
        return done

    @contextmanager
    def _in_line(self, ctx: Context) -> Iterator[None]:
        with self._lock:
            self.demand_room(ctx)
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1


def _give_way() -> None:
    """Let this thread run where nobody else wants to. Elsewhere than on Linux a priority is the whole process's: left alone."""
    if os.uname().sysname == "Linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


@cache
def hasher() -> Hasher:
    """The process's own."""
    return Hasher()

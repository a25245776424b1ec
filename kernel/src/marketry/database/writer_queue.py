"""Writers of one SQLite file stand in a queue instead of polling for the lock.

SQLite's own busy handler sleeps up to 100 ms between attempts and favours nobody, so under load a writer can starve.
Here threads of a process queue on a lock, and processes on `flock` of a file beside the database: the system wakes the next at
once and frees the turn of a killed process. SQLite's lock remains what protects the data.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path


class WriterQueue:
    """`turn()` waits at most `timeout` seconds for the other threads of this process."""

    def __init__(self, database: str, timeout: float) -> None:
        self._path = f"{database}-writers"
        self._timeout = timeout
        self._lock = threading.Lock()
        self._owner = 0
        self._file: int | None = None
        self._pid = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        me = threading.get_ident()
        if self._owner == me:
            raise RuntimeError("this thread is writing already: use that unit of work, a second one would wait for it for ever")
        if not self._lock.acquire(timeout=self._timeout):
            raise TimeoutError(f"another write has held the database for {self._timeout:g} s")
        self._owner = me
        try:
            file = self._descriptor()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self._owner = 0
            self._lock.release()

    def _descriptor(self) -> int:
        """Opened once per process: a descriptor inherited by fork would share the parent's lock."""
        if self._file is None or self._pid != os.getpid():
            if self._file is not None:
                os.close(self._file)
            self._file, self._pid = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), os.getpid()
        return self._file


@cache
def _queue_of(path: Path, timeout: float) -> WriterQueue:
    return WriterQueue(str(path), timeout)


def queue_of(database: str, timeout: float) -> WriterQueue:
    """The one queue of this process for a file, whichever name it goes by: two runtimes side by side share it."""
    return _queue_of(Path(database).resolve(), timeout)

"""The supervisor: a listening socket and the web processes that share it.

SIGHUP replaces them one by one, each new one serving before the old one stops. SIGTERM and SIGINT end all of them. A process
that dies is started again; one that is stuck is replaced; one that says that plugins were changed brings about a reload.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from marketry.supervisor.child import Child
from marketry.supervisor.listening import address, listen
from marketry.supervisor.metrics import collect_metrics_of_several
from marketry.supervisor.watching import Watch

TICK = 0.05
PAUSE_LONGEST = 30.0


def supervise(site: Path, *, host: str = "127.0.0.1", port: int = 8000, workers: int = 1, reload: bool = False) -> int:
    """Serve `site` until told to stop. Returns the exit status: 0, or 1 where it could not start."""
    try:
        listener = listen(host, port)
    except OSError as error:
        _tell(f"Can't listen on {host} port {port}: {error.strerror}. Choose another with --port.")
        return 1
    if workers > 1:
        collect_metrics_of_several(site)
    if reload:
        os.environ["MARKETRY_RELOAD"] = "1"
    watch = Watch(site) if reload else None
    return Supervisor(lambda: Child(site, listener.fileno()), workers, address(listener), watch).run()


class Supervisor:
    """`start` makes one web process. Everything happens in `run`, one tick after another."""

    def __init__(self, start: Callable[[], Child], workers: int, url: str, watch: Watch | None = None) -> None:
        self._start = start
        self._workers = workers
        self._url = url
        self._watch = watch
        self._serving: list[Child] = []
        self._leaving: list[Child] = []
        self._replacing: list[Child] = []  # those still to be replaced in this reload
        self._fresh: Child | None = None  # the replacement that is booting
        self._announced = self._stop = self._reload = False
        self._pause, self._start_at = 0.5, 0.0

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)
        self._serving = [self._start() for _ in range(self._workers)]
        while not self._stop:
            self._listen()
            if not self._announced and not self._announce():
                return self._end(1)
            self._replace_lost()
            self._go_on_reloading()
            time.sleep(TICK)
        return self._end(0)

    # --- at the start -------------------------------------------------------------------------------------------
    def _announce(self) -> bool:
        """Say the address once somebody serves. False where one can't boot at all."""
        if any(child.refused or (child.ended and not child.ready) for child in self._serving):
            _tell("The site could not start; the reason stands above.")
            return False
        if all(child.ready for child in self._serving):
            self._announced = True
            _tell(f"Marketry serves {self._url}  (stop with Ctrl-C)")
        return True

    # --- while it serves ----------------------------------------------------------------------------------------
    def _listen(self) -> None:
        for child in [*self._serving, *self._leaving, *([self._fresh] if self._fresh else [])]:
            child.listen()
        for child in [c for c in self._leaving if c.reap()]:
            child.forget()
            self._leaving.remove(child)

    def _replace_lost(self) -> None:
        for child in [c for c in self._serving if c.stuck]:
            _tell(f"Web process {child.pid} is stuck; replacing it.")
            child.kill()
        for child in [c for c in self._serving if c.ended]:
            if child.ready:
                _tell(f"Web process {child.pid} {child.ending}; replacing it.")
            child.forget()
            self._serving.remove(child)
            self._start_at = time.monotonic() + (0 if child.ready else self._pause)
            self._pause = 0.5 if child.ready else min(self._pause * 2, PAUSE_LONGEST)
        if len(self._serving) < self._workers and time.monotonic() >= self._start_at:
            self._serving.append(self._start())

    def _go_on_reloading(self) -> None:
        outdated = self._announced and any(child.outdated for child in self._serving)
        if (self._reload or outdated or (self._watch and self._watch.changed())) and not self._replacing:
            self._reload, self._replacing = False, list(self._serving)
        self._replacing = [child for child in self._replacing if child in self._serving]
        if self._replacing and self._fresh is None:
            self._fresh = self._start()
        if self._fresh is not None:
            self._take_in(self._fresh)

    def _take_in(self, fresh: Child) -> None:
        """The replacement serves: the old one leaves. It can't boot: the old ones stay."""
        if fresh.ready:
            self._fresh = None
            self._serving.append(fresh)
            if self._replacing:
                self._leave(self._replacing.pop(0))
        elif fresh.ended or fresh.refused or fresh.stuck:
            _tell("The reload failed, so the old processes go on serving; the reason stands above.")
            fresh.kill()
            fresh.forget()
            self._fresh, self._replacing = None, []
            for child in self._serving:
                child.outdated = False

    def _leave(self, child: Child) -> None:
        self._serving.remove(child)
        self._leaving.append(child)
        child.stop()

    # --- at the end ---------------------------------------------------------------------------------------------
    def _end(self, status: int) -> int:
        everyone = [*self._serving, *self._leaving, *([self._fresh] if self._fresh else [])]
        for child in everyone:
            child.stop()
        while [child for child in everyone if not child.reap()]:  # a list, so that each is looked at
            time.sleep(TICK)
        return status

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop = True

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        self._reload = True


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()

"""The web process: `python -m marketry.supervisor.web <listener> <signs> <lifeline>`, started by the supervisor alone.

Beside serving it runs the outbox where no Redis is configured, says that it lives, and ends when its supervisor has.
"""

import asyncio
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from anyio.to_thread import run_sync

from marketry.plugins.failures import BootStopped
from marketry.supervisor.signs import ALIVE, BEAT, OUTDATED, READY, REFUSED, STOP_WITHIN
from marketry.telemetry import configure_logs, log

if TYPE_CHECKING:
    from marketry.runtime import Runtime


HEAR_OUT = 0.5  # seconds between the last connection that is accepted and the first that is closed


class WebProcess(uvicorn.Server):
    """uvicorn, with a sign of life that only a free thread can give."""

    def __init__(self, config: uvicorn.Config, runtime: "Runtime", signs: int) -> None:
        super().__init__(config)
        self._runtime = runtime
        self._signs = signs
        self._beating: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _say(self._signs, READY)
            self._beating = asyncio.create_task(self._beat())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, and hear out what was accepted just now: uvicorn closes connections that haven't asked yet, and
        their visitors would meet a reset in the middle of a replacement."""
        for server in self.servers:
            server.close()
        await asyncio.sleep(HEAR_OUT)
        await super().shutdown(sockets)
        if self._beating:
            self._beating.cancel()

    async def _beat(self) -> None:
        while True:
            # The same threads that serve pages: where all of them are stuck, this waits with everybody else.
            outdated = await run_sync(lambda: self._runtime.is_outdated)
            _say(self._signs, OUTDATED if outdated else ALIVE)
            await asyncio.sleep(BEAT)


def main(listener: int, signs: int, lifeline: int) -> int:
    from marketry.web.app import site_app

    configure_logs()
    threading.Thread(target=_end_with_supervisor, args=(lifeline,), daemon=True, name="lifeline").start()
    try:
        app = site_app()
        _prepare(app.state.runtime)
    except BootStopped as error:
        sys.stderr.write(f"{error}\n")
        _say(signs, REFUSED)
        return 3
    runtime: Runtime = app.state.runtime
    runner = _runner(runtime)
    server = WebProcess(_config(app), runtime, signs)
    try:
        server.run(sockets=[socket.socket(fileno=listener)])
    finally:
        if runner:
            runner.stop()
        runtime.close()
    return 0


def _prepare(runtime: "Runtime") -> None:
    """The embedded default migrates by itself; elsewhere that is the operator's to decide."""
    from marketry.database.readiness import make_ready

    make_ready(runtime)


def _runner(runtime: "Runtime") -> Any:
    if runtime.site.redis_url:
        return None
    from marketry.jobs.runner_embedded import EmbeddedRunner

    runner = EmbeddedRunner(runtime)
    runner.start()
    return runner


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False, date_header=True, timeout_keep_alive=15,
        timeout_graceful_shutdown=int(STOP_WITHIN) - 5, lifespan="on",
    )  # fmt: skip


def _say(signs: int, sign: bytes) -> None:
    try:
        os.write(signs, sign)
    except OSError as error:
        log.warning("supervisor_unreachable", error=repr(error))


def _end_with_supervisor(lifeline: int) -> None:
    """Reading from the lifeline ends when the supervisor does, kill -9 included."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:4])))

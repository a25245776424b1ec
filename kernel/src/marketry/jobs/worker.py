"""`marketry worker`: a process that runs the outbox, through RQ where Redis is configured, else by itself."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from marketry.hookspecs import site as site_hooks
from marketry.telemetry import log

if TYPE_CHECKING:
    from marketry.runtime import Runtime

LOOK_EVERY = 2.0  # seconds between two looks at whether plugins were changed


def work(site: Path, *, burst: bool = False) -> int:
    """Work until SIGTERM or SIGINT, finishing what is under way; with `burst` until nothing is due. Returns the exit status."""
    from marketry.boot import boot
    from marketry.database.readiness import make_ready

    runtime = boot(site)
    try:
        make_ready(runtime)
        runtime.hooks.each(site_hooks.startup, runtime.context(channel="job"))
        through = _through_rq if runtime.site.redis_url else _by_itself
        renewed = through(runtime, burst)
        runtime.hooks.each(site_hooks.shutdown, runtime.context(channel="job"))
    finally:
        runtime.close()
    if renewed:
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 – the same command again, with the plugins as they are now
    return 0


def _by_itself(runtime: "Runtime", burst: bool) -> bool:
    """Threads of this process. Returns whether plugins were changed, so that the process begins anew."""
    from marketry.jobs.runner_embedded import EmbeddedRunner
    from marketry.jobs.running import run_pending
    from marketry.jobs.schedule import tick

    if burst:
        tick(runtime)
        run_pending(runtime)
        return False
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    runner = EmbeddedRunner(runtime)
    runner.start()
    while not stopping.wait(LOOK_EVERY) and not runtime.is_outdated:
        pass
    runner.stop()
    return not stopping.is_set()


def _through_rq(runtime: "Runtime", burst: bool) -> bool:
    """An RQ worker in the main thread and the relay in another. Returns whether plugins were changed."""
    from redis.exceptions import RedisError

    from marketry.jobs.runner_rq import Relay, connect, new_worker, queue_of

    queue = queue_of(runtime, connect(runtime.site.redis_url))
    relay = Relay(runtime, queue)
    if burst:
        while relay.hand_over() or queue.count:
            new_worker(runtime, queue).work(burst=True, logging_level="WARNING")
        return False
    relay.start()
    threading.Thread(target=_stop_when_outdated, args=(runtime,), daemon=True, name="outdated").start()
    try:
        while True:
            try:
                worker = new_worker(runtime, queue)
                worker.work(logging_level="WARNING")
                if worker.told_to_stop:
                    return runtime.is_outdated
            except RedisError as error:  # it is away, or came back without its data
                log.warning("redis_away", error=repr(error))
                time.sleep(1)
    finally:
        relay.stop()


def _stop_when_outdated(runtime: "Runtime") -> None:
    """A plugin was enabled or disabled: end gently, as SIGTERM would."""
    while not runtime.is_outdated:
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)

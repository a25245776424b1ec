"""The Stripe twin: a process or a thread that answers, shows pages, sends events and keeps a book."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from marketry_gateways.stripe.api import Api, Request
from marketry_gateways.stripe.app import build_app
from marketry_gateways.stripe.book import Book
from marketry_gateways.stripe.clock import Clock
from marketry_gateways.stripe.courier import WAITS, Courier
from marketry_gateways.stripe.desk import World
from marketry_gateways.stripe.faults import Faults
from marketry_gateways.stripe.levers import Levers
from marketry_gateways.stripe.passing import pass_time
from marketry_gateways.stripe.wire import TrackedProtocol, Wire

ACCOUNT = "acct_1TwinOfStripe00"
KEYS = {
    "sk_test_twin": ACCOUNT,
    "sk_live_twin": ACCOUNT,
    "sk_test_other": "acct_1AnotherShop00",
    "sk_live_other": "acct_1AnotherShop00",
}


class StripeTwin(Levers):
    """``with StripeTwin() as twin:`` – then point a client at ``twin.url`` with ``twin.key``.

    ``port`` 0 takes a free one; without ``path`` the book is in memory; ``keys`` maps secret keys to account ids.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        path: Path | None = None,
        keys: Mapping[str, str] = KEYS,
        clock: Clock | None = None,
        waits: tuple[float, ...] = WAITS,
        settle_after: int = 180,
    ) -> None:
        self.book, self.clock, self.courier, self.faults = Book(path), clock or Clock(), Courier(waits), Faults()
        self.world = World(self.book, self.clock, settle_after=settle_after)
        self.world.publish, self.world.listeners = self.courier.publish, self.courier.listeners
        self.key = next(iter(keys))
        self.wire = Wire(Api(self.world, keys), self.faults)
        self.account, self.keys, self._place = keys[self.key], dict(keys), (host, port)
        self._server: uvicorn.Server | None = None
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens: ``http://127.0.0.1:<port>``."""
        return self.world.url

    @property
    def requests(self) -> list[Request]:
        """The requests the API was sent, as they came; the last ten thousand."""
        return list(self.wire.requests)

    def start(self) -> Self:
        """Listen. Returns once it answers."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(self._place)
        self.world.url = f"http://{self._place[0]}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            build_app(self, self.wire),
            http=TrackedProtocol,
            log_level="warning",
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        server = self._server
        self._threads = [
            threading.Thread(target=lambda: server.run([listener]), name="stripe-twin", daemon=True),
            threading.Thread(target=self._tick, name="stripe-twin-clock", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        while not server.started:
            time.sleep(0.005)
        return self

    def _tick(self) -> None:
        while not self._ended.wait(1.0):
            pass_time(self.world)

    def reset(self) -> None:
        """As new: an empty book, the machine's time, no endpoints, nothing under way, nothing going wrong."""
        self.courier.reset()
        self.faults.clear()
        self.wire.requests.clear()
        self.world.refund_plans.clear()
        self.book.wipe()
        self.clock.reset()

    def wait(self) -> None:
        """Until it is interrupted."""
        try:
            while self._threads[0].is_alive():
                self._threads[0].join(1)
        except KeyboardInterrupt:
            return

    def stop(self) -> None:
        """Stop answering and sending, and lay the book down."""
        self._ended.set()
        if self._server:
            self._server.should_exit = True
        for thread in self._threads:
            thread.join(10)
        self.courier.stop()
        self.book.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

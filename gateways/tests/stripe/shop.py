"""A shop's endpoint for events: believes only what the official SDK verifies."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import stripe

SECRET = "whsec_of_the_shop"


class Shop:
    """``events`` are those that verified, ``refused`` the reasons why others didn't; ``answers`` are statuses to give first."""

    def __init__(self) -> None:
        self.forget()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(shop.take(body, self.headers["Stripe-Signature"] or ""))
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.02), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/events"

    def forget(self) -> None:
        self.events: list[stripe.Event] = []
        self.refused: list[str] = []
        self.raw: list[tuple[bytes, str]] = []
        self.answers: list[int] = []
        self.secret = SECRET

    def take(self, body: bytes, signature: str) -> int:
        self.raw.append((body, signature))
        if self.answers:
            return self.answers.pop(0)
        try:
            self.events.append(stripe.Webhook.construct_event(body, signature, self.secret))
        except stripe.SignatureVerificationError as error:
            self.refused.append(str(error))
            return 400
        return 200

    def wait_for(self, count: int) -> bool:
        """Whether so many events came within ten seconds."""
        deadline = time.monotonic() + 10
        while len(self.events) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return len(self.events) == count

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

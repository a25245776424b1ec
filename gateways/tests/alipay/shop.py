"""A shop's notify address: keeps what it is sent and answers what it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl

Pairs = list[tuple[str, str]]


class Shop:
    """`answers` are used up one by one, then it is `success`. `received` are the forms, in order, blanks kept."""

    def __init__(self) -> None:
        self.received: list[Pairs] = []
        self.answers: list[tuple[int, str]] = []
        self.before_answer: Callable[[], None] = lambda: None
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Shop:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, body = shop.take(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.02), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, body: bytes) -> tuple[int, str]:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.received.append(parse_qsl(body.decode(), keep_blank_values=True))
            answer = self.answers.pop(0) if self.answers else (200, "success")
        self.before_answer()
        with self._lock:
            self.at_once -= 1
        return answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/notify"

    @property
    def forms(self) -> list[dict[str, str]]:
        return [dict(pairs) for pairs in self.received]

    def await_count(self, count: int, seconds: float = 5) -> list[dict[str, str]]:
        end = time.monotonic() + seconds
        while len(self.received) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.received) == count
        return self.forms

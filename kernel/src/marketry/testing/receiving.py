"""A listener on loopback that keeps what is sent to it: what a gateway tells a shop, in a test without a shop."""

import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from marketry.commerce.payment import RawRequest


class Inbox:
    """`with Inbox() as inbox:` – `inbox.url` is where it listens, whatever the path; every POST is answered with `answer`."""

    def __init__(self, answer: str = "success") -> None:
        self._kept: list[RawRequest] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._kept, answer.encode()))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`"""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def kept(self) -> Sequence[RawRequest]:
        """What came, oldest first."""
        return tuple(self._kept)

    def after(self, count: int, seconds: float = 30) -> Sequence[RawRequest]:
        """What came after the first `count`, once there is anything; TimeoutError where nothing comes."""
        deadline = time.monotonic() + seconds
        while len(self._kept) <= count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing came within {seconds} s")
            time.sleep(0.02)
        return tuple(self._kept[count:])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def _handler(kept: list[RawRequest], answer: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.append(RawRequest(body, headers, self.path.partition("?")[2]))
            self.send_response(200)
            self.send_header("content-type", "text/plain")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *values: object) -> None:
            """Silent."""

    return Handler

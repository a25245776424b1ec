"""Connections that know the deadline of the call they serve, and refuse addresses that aren't public.

The check is made on the address that is then connected to, so a name that resolves differently a moment later can't slip through.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from marketry.outbound.addresses import AllowList
from marketry.outbound.failures import AddressRefused

_call = threading.local()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """All that this thread does on guarded connections must be done within `seconds`."""
    _call.until = time.monotonic() + seconds
    try:
        yield
    finally:
        _call.until = None


def remaining() -> float:
    """Seconds left; httpcore.ReadTimeout when there are none."""
    until = getattr(_call, "until", None)
    if until is None:
        raise RuntimeError("guarded connections are used by Outbound alone")
    left: float = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("deadline")
    return left


class GuardedTransport(httpx.HTTPTransport):
    """httpx' transport over guarded connections; no proxy, no environment."""

    def __init__(self, allowed: AllowList) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=64,
            max_keepalive_connections=16,
            keepalive_expiry=15,
            network_backend=GuardedBackend(allowed),
        )


class GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, allowed: AllowList) -> None:
        self._allowed = allowed
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in _resolve(host, port):
            if not self._allowed.admits(host, port, address):
                mend = f'if it is yours, allow it: [outbound] allow = ["{host}:{port}"]'
                raise AddressRefused(f"{host} is at {address}, which isn't public; {mend}")
            try:
                return GuardedStream(self._sockets.connect_tcp(address, port, remaining(), local_address, socket_options))
            except httpcore.ConnectError as error:
                failure = error
        raise failure


class GuardedStream(httpcore.NetworkStream):
    """Every wait is cut to what is left of the deadline, however slowly the bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return GuardedStream(self._stream.start_tls(ssl_context, server_hostname, remaining()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int) -> list[str]:
    """The addresses of `host`. The system's resolver knows no deadline, so it works in a thread that we don't wait for longer."""
    found: list[str] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))
        except OSError:
            pass  # no address: said by whoever wanted one

    thread = threading.Thread(target=look_up, daemon=True, name="resolver")
    thread.start()
    thread.join(remaining())
    remaining()
    return found

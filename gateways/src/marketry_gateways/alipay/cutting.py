"""A response that is none: the connection is cut with a TCP reset, so that the client can't tell what became of its call."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class CutConnection(Response):
    """Needs uvicorn, whose `receive` belongs to the cycle that owns the connection's transport."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = receive.__self__.transport  # type: ignore[attr-defined]
        if transport.is_closing():  # the client has hung up first
            return
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        for _ in range(3):  # until uvicorn has seen the connection go, or it would try to answer
            await asyncio.sleep(0)

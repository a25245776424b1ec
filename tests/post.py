"""A real SMTP peer that keeps what it is sent, and can take its time."""

import asyncio
import email
import email.message
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from marketry.testing.servers import free_port


class PostOffice:
    """Receives mail on loopback; `delay` seconds pass between a mail's arrival and its acceptance."""

    def __init__(self, delay: float = 0) -> None:
        self.delay = delay
        self.messages: list[email.message.Message] = []
        self.arrived = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.arrived.set()
        await asyncio.sleep(self.delay)
        self.messages.append(email.message_from_bytes(envelope.content))
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]

    def wait_for(self, distinct: int, seconds: float) -> None:
        """Until so many different messages have come."""
        deadline = time.monotonic() + seconds
        while len(set(self.ids)) < distinct:
            assert time.monotonic() < deadline, f"{len(set(self.ids))} of {distinct} mails after {seconds} s"
            time.sleep(0.1)


@contextmanager
def post_office(delay: float = 0) -> Iterator[tuple[PostOffice, str]]:
    """Yields the office and its address for MARKETRY_SMTP_URL."""
    office = PostOffice(delay)
    port = free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()

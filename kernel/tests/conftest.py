"""Peers of the kernel's tests: an SMTP server that keeps what it is sent and refuses what it is told to."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from marketry.testing.servers import free_port


@dataclass
class Peer:
    """`answers` are given to the next messages, in order, instead of accepting them; `pause` is taken before each. `refused`
    is a password that is wrong."""

    received: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    refused: str = ""
    pause: float = 0
    url: str = ""
    changed: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        time.sleep(self.pause)
        if self.answers:
            return self.answers.pop(0)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.received.append(letter)
        self.changed.set()
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.passwords.append(data.password.decode())
        return AuthResult(success=self.passwords[-1] != self.refused, handled=False)

    def wait_for(self, count: int, seconds: float) -> None:
        """Return when `count` messages have come; TimeoutError otherwise."""
        wait_until(lambda: len(self.received) >= count, seconds)

    @property
    def subjects(self) -> list[str]:
        return sorted(str(letter["Subject"]) for letter in self.received)


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so within {seconds} s")
        time.sleep(0.05)


@pytest.fixture
def smtp() -> Iterator[Peer]:
    peer = Peer()
    port = free_port()
    controller = Controller(peer, hostname="127.0.0.1", port=port, authenticator=peer.authenticate, auth_require_tls=False)
    controller.start()
    peer.url = f"smtp://127.0.0.1:{port}"
    yield peer
    controller.stop()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], float], None]:
    return wait_until

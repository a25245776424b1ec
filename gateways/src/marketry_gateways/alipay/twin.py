"""The twin in one piece: in a thread for tests, in the foreground for a sandbox."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path
from types import TracebackType

import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa

from marketry_gateways.alipay.app import make_app
from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.book import Book
from marketry_gateways.alipay.calls import Door
from marketry_gateways.alipay.certificates import Certificates, make_certificates
from marketry_gateways.alipay.clock import Clock
from marketry_gateways.alipay.controls import Controls
from marketry_gateways.alipay.courier import Courier
from marketry_gateways.alipay.faults import Faults
from marketry_gateways.alipay.gateway import Gateway
from marketry_gateways.alipay.identity import Identity
from marketry_gateways.alipay.messages import notification
from marketry_gateways.alipay.methods import METHODS, PAGES
from marketry_gateways.alipay.signing import new_key, private_pem, public_pem, read_private_key, read_public_key
from marketry_gateways.alipay.trades import Refund, Trade


class AlipayTwin:
    """A loopback counterpart of Alipay's gateway and cashier for one application.

    `merchant_public_key` (PEM or bare base64) is what the merchant has uploaded; without it the twin makes the merchant's key
    too and `settings()` hands it out. `certificate_mode` makes root, Alipay's and the application's certificates. `speed` divides
    the notification schedule. `timestamp_tolerance`: how far a call's time, read as China's, may be off; None: any.
    `port` 0 takes a free one; without `path` the book is in memory. `public_url` is where
    others find the twin, if not at `host`. Use as a context manager.
    """

    def __init__(
        self,
        *,
        app_id: str = "9021000100000000",
        seller_id: str = "2088700000000000",
        merchant_public_key: str = "",
        merchant_private_key: str = "",
        alipay_private_key: str = "",
        certificate_mode: bool = False,
        certificates: Certificates | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        public_url: str = "",
        path: Path | None = None,
        speed: float = 1000.0,
        notify_timeout: float = 10.0,
        clock: Clock | None = None,
        timestamp_tolerance: timedelta | None = timedelta(minutes=15),
    ) -> None:
        alipay_key = read_private_key(alipay_private_key) if alipay_private_key else new_key()
        public, self._merchant_private = _merchant(merchant_public_key, merchant_private_key)
        if certificate_mode and certificates is None:
            certificates = make_certificates(app_id, alipay_key, public)
        self.identity = Identity(app_id, seller_id, alipay_key, public, certificates)
        self.clock = clock or Clock()
        self.book = Book(self.clock, self._changed, path)
        self.courier = Courier(self.identity, self.clock, speed=speed, timeout=notify_timeout, on_tick=self.book.expire)
        self.faults = Faults()
        self._bank = Bank(self.identity, self.clock, self.book)
        self.gateway = Gateway(self._bank, Door(self.identity, {*METHODS, *PAGES}, timestamp_tolerance), self.faults)
        self.controls = Controls(self._bank, self.courier, self.faults)
        self._host, self._port, self._public_url = host, port, public_url.rstrip("/")

    def _changed(self, trade: Trade, refund: Refund | None) -> None:
        if trade.order.notify_url:
            self.courier.post(notification(self.identity, trade, refund))

    # -- addresses and settings

    @property
    def base(self) -> str:
        """`http://127.0.0.1:port`, or the `public_url`; empty before the twin runs."""
        return self._bank.base

    @property
    def gateway_url(self) -> str:
        return f"{self.base}/gateway.do"

    def settings(self) -> dict[str, str]:
        """What a merchant would paste into a shop. The private key is there only where the twin made it, or was given it."""
        pasted = {
            "mode": "certificate" if self.identity.certificates else "key",
            "gateway": self.gateway_url,
            "app_id": self.identity.app_id,
            "seller_id": self.identity.seller_id,
            "alipay_public_key": public_pem(self.identity.alipay_key.public_key()),
        }
        if self._merchant_private:
            pasted["merchant_private_key"] = self._merchant_private
        if self.identity.certificates:
            files = self.identity.certificates
            pasted |= {"app_certificate": files.app, "alipay_certificate": files.alipay, "root_certificate": files.root}
        return pasted

    # -- running

    def __enter__(self) -> AlipayTwin:
        self.gateway.stopping = False
        self._socket = _listen(self._host, self._port)
        self._bank.base = self._public_url or f"http://{self._host}:{self._socket.getsockname()[1]}"
        app = make_app(self._bank, self.gateway, self.courier, self.controls)
        self._server = _Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="alipay-twin", daemon=True)
        self.courier.start()
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the twin did not start")
            time.sleep(0.005)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.gateway.stopping = True
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self.courier.stop()
        self._socket.close()

    def wait(self) -> None:
        """Blocks while the twin serves; returns after an interrupt."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.5)
        except KeyboardInterrupt:
            return


class _Server(uvicorn.Server):
    """Looks ten times as often whether it should stop: tests start and stop many twins."""

    async def main_loop(self) -> None:
        tick = 0
        while not await self.on_tick(tick // 10):
            tick = (tick + 1) % 8640000
            await asyncio.sleep(0.01)


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(128)
    return listening


def _merchant(public: str, private: str) -> tuple[rsa.RSAPublicKey, str]:
    if private:
        return read_private_key(private).public_key(), private
    if public:
        return read_public_key(public), ""
    key = new_key()
    return key.public_key(), private_pem(key)

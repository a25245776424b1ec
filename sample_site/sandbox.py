"""Payment gateways to try the shop with: twins of Stripe and Alipay on this machine. No money moves."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

STARTS_WITHIN = 20.0  # seconds


def start_sandbox(folder: Path, base_url: str) -> list[subprocess.Popen[bytes]]:
    """Start both twins and set this process's environment so that the shop finds them. Their books lie in `var/sandbox`."""
    room = folder / "var" / "sandbox"
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    stripe, alipay = room / "stripe.json", room / "alipay.json"
    for settings in (stripe, alipay):
        settings.unlink(missing_ok=True)
    notices = f"{base_url}/hooks/payments_stripe"
    started = [
        _twin("stripe", "--book", room / "stripe.sqlite3", "--webhook", notices, "--settings", stripe),
        _twin("alipay", "--keys", room / "keys", "--book", room / "alipay-book.json", "--settings", alipay),
    ]
    told = _told(stripe)
    _set(
        "STRIPE",
        secret_key=told["secret_key"],
        webhook_secret=told["webhook_secret"],
        api_base=told["api"],
        checkout_base=told["api"],
    )
    told = _told(alipay)
    _set(
        "ALIPAY", mode="sandbox", gateway=told["gateway"], app_id=told["app_id"], seller_id=told["seller_id"],
        private_key=told["merchant_private_key"], alipay_public_key=told["alipay_public_key"],
    )  # fmt: skip
    return started


def _twin(name: str, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "marketry_gateways.cli", name, "--port", str(_free_port()), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _told(settings: Path) -> dict[str, str]:
    """What the twin wrote down once it listened."""
    give_up = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < give_up:
        try:
            told: dict[str, str] = json.loads(settings.read_text())
            return told
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
    sys.exit(f"the sandbox of the payment gateways didn't start within {STARTS_WITHIN:.0f} s")


def _set(plugin: str, **settings: str) -> None:
    for name, value in settings.items():
        os.environ[f"MARKETRY_PAYMENTS_{plugin}__{name.upper()}"] = value


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

"""The shop that is photographed: the sample shop in a folder, with goods of long names and a page that breaks."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shots.goods import add_goods

ROOT = Path(__file__).resolve().parents[2]
OWNER = "owner@example.com"
START = 600  # seconds: a year of orders is made first
# What breaks: a page that nobody needs draws with this.
BROKEN = ("users/email_confirm.html", "{{ 1 / 0 }}")

ORDERS = {  # a page of an order: (status, payment, fulfilment), as the sample's past has them
    "order-waiting": ("placed", "pending", "unfulfilled"),
    "order-paid": ("placed", "paid", "unfulfilled"),
    "order-shipped": ("placed", "paid", "fulfilled"),
    "order-partly-shipped": ("placed", "paid", "partial"),
    "order-returned": ("placed", "refunded", "returned"),
    "order-cancelled": ("cancelled", "none", "cancelled"),
}


@dataclass(frozen=True)
class Shop:
    """Where it answers, and its folder; None for a shop that somebody else runs."""

    url: str
    folder: Path | None = None

    @property
    def closed(self) -> Path:
        """The file whose being there closes the shop."""
        return self._own() / "var" / "maintenance"

    def order(self, name: str) -> str:
        """The path of an order in the state that ORDERS names, with its token."""
        from sqlalchemy import text

        from marketry.runtime import boot
        from marketry_orders.access import order_token

        runtime = boot(self._own())
        try:
            ctx = runtime.context(channel="cli")
            state = "status = :s and payment_status = :p and fulfilment_status = :f"
            wanted = text(f"select number from orders_order where {state} order by placed_at desc limit 1")  # noqa: S608 - ours
            with ctx.reading() as session:
                number = session.execute(wanted, dict(zip("spf", ORDERS[name], strict=True))).scalar_one()
                return f"/orders/{number}?token={order_token(ctx, number)}"
        finally:
            runtime.close()

    def staff_link(self) -> str:
        """A link that signs the owner in, once."""
        command = [sys.executable, "-m", "marketry.cli", "staff", "create-admin", OWNER]
        environment = {**os.environ, "MARKETRY_SITE": str(self._own()), "MARKETRY_BASE_URL": self.url}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return next(word for word in done.stdout.split() if word.startswith("http"))

    def _own(self) -> Path:
        if self.folder is None:
            raise LookupError("this page needs the shop's folder: --data")
        return self.folder


@contextmanager
def started(folder: Path, port: int, theme: str) -> Iterator[Shop]:
    """The sample shop of `folder`, made there at the first time, in `theme`; it ends with us."""
    shop = Shop(f"http://localhost:{port}", folder)
    environment = {**os.environ, "MARKETRY_BASE_URL": shop.url, "MARKETRY_THEME": theme, "PYTHONDONTWRITEBYTECODE": ""}
    broken = folder / "templates" / BROKEN[0]
    start = [sys.executable, str(ROOT / "sample_site" / "start.py"), "--port", str(port), "--data", str(folder)]
    log = folder.with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as told:  # what the shop says of each request
        running = subprocess.Popen(start, env=environment, stdout=told, stderr=told)
    try:
        if not ready(shop.url, running):
            sys.exit(f"the shop didn't start:\n{log.read_text('utf-8')[-2000:]}")
        broken.parent.mkdir(parents=True, exist_ok=True)
        broken.write_text(BROKEN[1], "utf-8")
        add_goods(folder, environment)
        yield shop
    finally:
        broken.unlink(missing_ok=True)
        running.terminate()
        running.wait(30)


def ready(url: str, running: "subprocess.Popen[bytes]") -> bool:
    """Whether it comes to serve within START."""
    for _ in range(START):
        if running.poll() is not None:
            return False
        if answers(url):
            return True
        time.sleep(1)
    return False


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False

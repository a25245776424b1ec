"""p99 of browsing while two slow queries run, while eight gateways hang, and while eight checkouts hang on Stripe and Alipay."""

import asyncio
import socket
import threading

from marketry_gateways.alipay import AlipayTwin
from marketry_gateways.stripe import StripeTwin

from benchmarks.buying import complete, fill_cart, stock_bench_item
from benchmarks.load import HEADINGS, Connection, Result, measure, together, wait_until_idle
from benchmarks.pages import DRAWN, get
from benchmarks.sites import SAMPLE, shop
from benchmarks.tables import aim, show

PAGE = "/products/hearth-mug"
LOOPBACK = {"MARKETRY_OUTBOUND__ALLOW": "127.0.0.1"}


class Mute:
    """A server that accepts connections and never says a word."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.kept: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/"

    def _accept(self) -> None:
        while True:
            try:
                self.kept.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        self.listener.close()


async def beside(name: str, port: int, pid: int, path: str, many: int) -> Result:
    """Measure browsing while `many` connections ask for `path` again and again."""
    stop, broken = asyncio.Event(), list[int]()

    async def disturb() -> None:
        connection = Connection(port, [])
        while not stop.is_set():
            status, _, _ = await connection.send("GET", path)
            broken.extend([status] if status == 500 else [])
        connection.close()

    disturbers = [asyncio.create_task(disturb()) for _ in range(many)]
    await asyncio.sleep(0.3)
    result = await measure(name, port, get(PAGE), root_pid=pid, connections=4)
    stop.set()
    for task in disturbers:
        task.cancel()
    await asyncio.gather(*disturbers, return_exceptions=True)
    assert not broken, f"{path} broke instead of stalling"
    return result


def paying() -> tuple[Result, Result]:
    """Browsing alone, and while four buyers wait for Stripe and four for Alipay's QR code: the real plugins, and twins that keep
    each call longer than anybody waits. Every page is drawn anew, since a kept one would need none of the threads that hang; one
    worker, so that all eight hang in the process that draws; by turns, so that both share what else the machine does."""
    with StripeTwin() as stripe, AlipayTwin() as alipay:
        environment = {**DRAWN, **LOOPBACK, **gateways(stripe, alipay)}
        with shop(plugins=(*SAMPLE, "payments_stripe", "payments_alipay"), environment=environment) as site:
            stock_bench_item(site)
            assert site.web
            port, pid = site.port, site.web.pid
            alone, waiting = [], []
            for _ in range(2):
                alone.append(asyncio.run(measure("drawn pages alone", port, get(PAGE), root_pid=pid, connections=4)))
                stripe.fault("slow", 1000, seconds=12)
                alipay.controls.fault("slow", count=1000, seconds=12)
                waiting.append(asyncio.run(beside_checkouts("beside eight checkouts that hang", port, pid)))
                stripe.clear_faults()
                alipay.controls.clear_faults()
    return together(alone), together(waiting)


async def beside_checkouts(name: str, port: int, pid: int) -> Result:
    """Measure browsing while eight checkouts wait for their gateways; each of them is answered in the end."""
    ways = [("stripe", "USD"), ("alipay", "CNY")] * 4
    connections = [Connection(port, []) for _ in ways]
    carts = [await fill_cart(one, *way) for one, way in zip(connections, ways, strict=True)]
    hanging = [asyncio.create_task(complete(one, *cart)) for one, cart in zip(connections, carts, strict=True)]
    await asyncio.sleep(1)
    result = await measure(name, port, get(PAGE), root_pid=pid, connections=4)
    assert not any(one.done() for one in hanging), "a checkout was answered while pages were measured"
    await asyncio.gather(*hanging)
    for connection in connections:
        connection.close()
    await asyncio.sleep(3)  # until the twins have let go of what was given up
    return result


def gateways(stripe: StripeTwin, alipay: AlipayTwin) -> dict[str, str]:
    theirs = alipay.settings()
    return {
        "MARKETRY_PAYMENTS_STRIPE__SECRET_KEY": stripe.key,
        "MARKETRY_PAYMENTS_STRIPE__API_BASE": stripe.url,
        "MARKETRY_PAYMENTS_STRIPE__CHECKOUT_BASE": stripe.url,
        "MARKETRY_PAYMENTS_ALIPAY__DESKTOP": "qr",
        "MARKETRY_PAYMENTS_ALIPAY__GATEWAY": alipay.gateway_url,
        "MARKETRY_PAYMENTS_ALIPAY__APP_ID": theirs["app_id"],
        "MARKETRY_PAYMENTS_ALIPAY__SELLER_ID": theirs["seller_id"],
        "MARKETRY_PAYMENTS_ALIPAY__PRIVATE_KEY": theirs["merchant_private_key"],
        "MARKETRY_PAYMENTS_ALIPAY__ALIPAY_PUBLIC_KEY": theirs["alipay_public_key"],
    }


def run() -> None:
    mute = Mute()
    with shop(workers=2, plugins=(*SAMPLE, "stall"), environment={**LOOPBACK, "MARKETRY_STALL__GATEWAY": mute.url}) as site:
        assert site.web
        port, pid = site.port, site.web.pid
        alone = asyncio.run(measure("browsing alone", port, get(PAGE), root_pid=pid, connections=4))
        slow = asyncio.run(beside("beside two slow queries", port, pid, "/stall/query", 2))
        wait_until_idle(pid)  # queries that nobody waits for any more run on to their end
        hanging = asyncio.run(beside("beside eight hanging gateways", port, pid, "/stall/gateway", 8))
    mute.close()
    drawn, waiting = paying()
    show(HEADINGS, (r.row() for r in (alone, slow, hanging, drawn, waiting)))
    for result, before in ((slow, alone), (hanging, alone), (waiting, drawn)):
        ratio = result.percentile(0.99) / before.percentile(0.99)
        aim(f"p99 {result.name} / alone", ratio, "≤ 2", ratio <= 2)

"""p99 of browsing while two slow queries run, and while eight gateways hang."""

import asyncio
import socket
import threading

from benchmarks.load import HEADINGS, Connection, Result, measure
from benchmarks.pages import get
from benchmarks.sites import SAMPLE, shop
from benchmarks.tables import aim, show


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
    stop = asyncio.Event()

    async def disturb() -> None:
        connection = Connection(port, [])
        while not stop.is_set():
            await connection.send("GET", path)
        connection.close()

    disturbers = [asyncio.create_task(disturb()) for _ in range(many)]
    await asyncio.sleep(0.3)
    result = await measure(name, port, get("/products/hearth-mug"), root_pid=pid, connections=4)
    stop.set()
    for task in disturbers:
        task.cancel()
    await asyncio.gather(*disturbers, return_exceptions=True)
    return result


def run() -> None:
    mute = Mute()
    with shop(workers=2, plugins=(*SAMPLE, "stall"), environment={"MARKETRY_STALL__GATEWAY": mute.url}) as site:
        assert site.web
        port, pid = site.port, site.web.pid
        alone = asyncio.run(measure("browsing alone", port, get("/products/hearth-mug"), root_pid=pid, connections=4))
        slow = asyncio.run(beside("beside two slow queries", port, pid, "/stall/query", 2))
        hanging = asyncio.run(beside("beside eight hanging gateways", port, pid, "/stall/gateway", 8))
    mute.close()
    show(HEADINGS, (r.row() for r in (alone, slow, hanging)))
    for result in (slow, hanging):
        ratio = result.percentile(0.99) / alone.percentile(0.99)
        aim(f"p99 {result.name} / alone", ratio, "≤ 2", ratio <= 2)

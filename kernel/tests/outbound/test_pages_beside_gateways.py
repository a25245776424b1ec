"""Gateways that hang don't take the pages down: threads that wait for another host don't count among those that serve."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import uvicorn
from starlette.responses import PlainTextResponse

from marketry.outbound import Unreachable
from marketry.plugins.manifest import Plugin
from marketry.runtime import Runtime
from marketry.testing.inline import inline_plugin
from marketry.testing.servers import free_port, wait_for_port
from marketry.web.app import THREADS, create_app
from marketry.web.context import Ctx
from marketry.web.guard import public
from marketry.web.routing import Router


def gateway_plugin(gateway: str) -> Any:
    router = Router()

    @router.get("/pay")
    @public
    def pay(ctx: Ctx) -> PlainTextResponse:
        try:
            ctx.http.get(gateway, seconds=60)
        except Unreachable:
            return PlainTextResponse("later", 504)
        return PlainTextResponse("paid")

    @router.get("/page")
    @public
    def page(ctx: Ctx) -> PlainTextResponse:
        return PlainTextResponse("page")

    def routes(area: str) -> list[Router]:
        return [router] if area == "shop" else []

    return inline_plugin(Plugin("gateway", "Gateway"), routes=routes)


@contextmanager
def served(runtime: Runtime) -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(runtime), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for_port(port)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@contextmanager
def silent_gateway() -> Iterator[tuple[str, list[socket.socket]]]:
    """Its address, and the connections it has taken; it never says a word."""
    taken: list[socket.socket] = []

    def take() -> None:
        with suppress(OSError):  # until it is closed
            while True:
                taken.append(server.accept()[0])

    with socket.create_server(("127.0.0.1", 0), backlog=20) as server:
        thread = threading.Thread(target=take)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", taken
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_eight_hanging_gateways_leave_the_pages_alone(make_site: Any) -> None:
    with silent_gateway() as (gateway, taken):
        site = make_site(extra=[gateway_plugin(gateway)], more='[outbound]\nallow = ["127.0.0.1"]', base_url="http://127.0.0.1")
        statuses: list[int] = []
        with served(site) as url:

            def buy() -> None:
                statuses.append(httpx.get(f"{url}/pay", timeout=120).status_code)

            buyers = [threading.Thread(target=buy) for _ in range(8)]
            for buyer in buyers:
                buyer.start()
            until = time.monotonic() + 50
            while len(taken) < 8:
                assert time.monotonic() < until, "all eight should be at their gateway"
                time.sleep(0.02)
            pages = [httpx.get(f"{url}/page", timeout=50).text for _ in range(10)]
            waiting = sum(buyer.is_alive() for buyer in buyers)
            for connection in taken:
                connection.close()
            for buyer in buyers:
                buyer.join()

    assert waiting == 8 > THREADS, "all of them were still waiting for their gateway"
    assert pages == ["page"] * 10
    assert statuses == [504] * 8

"""Add to cart, completion, and a whole guest checkout over JSON; both databases, two workers."""

import asyncio
import json
import uuid
from typing import Any

from benchmarks.load import HEADINGS, Connection, Result, cpu_seconds, measure, memory_bytes, wait_until_idle
from benchmarks.sites import shop
from benchmarks.tables import aim, show

ADDRESS = {"name": "Ada", "line1": "1 Loom St", "city": "Springfield", "region": "IL", "postal_code": "62701", "country": "US"}
SKU = "BENCH"
JSON = {"Content_Type": "application/json"}


async def call(connection: Connection, method: str, path: str, body: Any = None, **headers: str) -> Any:
    content = json.dumps(body).encode() if body is not None else b""
    status, _, answer = await connection.send(method, f"/api/v1{path}", content, **JSON, **headers)
    assert status in (200, 201), (status, method, path, answer[:300])
    return json.loads(answer)


async def open_cart(connection: Connection, currency: str = "USD") -> tuple[str, dict[str, str]]:
    cart = await call(connection, "POST", "/carts", {"currency": currency})
    return f"/carts/{cart['id']}", {"X_Cart_Token": cart["token"]}


async def fill_cart(connection: Connection, method: str = "bank_transfer", currency: str = "USD") -> tuple[str, dict[str, str]]:
    """A guest's cart that lacks nothing, to be paid by `method`."""
    cart, token = await open_cart(connection, currency)
    await call(connection, "POST", f"{cart}/lines", {"sku": SKU, "quantity": 1}, **token)
    await call(connection, "PUT", f"{cart}/email", {"email": "ada@example.com"}, **token)
    await call(connection, "PUT", f"{cart}/shipping-address", ADDRESS, **token)
    methods = await call(connection, "GET", f"{cart}/shipping-methods", **token)
    offered = methods["items"] if isinstance(methods, dict) else methods
    chosen = {"code": offered[0]["code"], "group": offered[0]["group"]}
    await call(connection, "PUT", f"{cart}/shipping-method", chosen, **token)
    await call(connection, "PUT", f"{cart}/payment-method", {"code": method}, **token)
    return cart, token


async def complete(connection: Connection, cart: str, token: dict[str, str]) -> None:
    await call(connection, "POST", f"{cart}/complete", Idempotency_Key=uuid.uuid4().hex, **token)


async def checkout(connection: Connection) -> None:
    await complete(connection, *await fill_cart(connection))


def adding() -> Any:
    carts: dict[int, tuple[str, dict[str, str]]] = {}

    async def scenario(connection: Connection) -> None:
        if id(connection) not in carts:
            carts[id(connection)] = await open_cart(connection)
        cart, token = carts[id(connection)]
        await call(connection, "POST", f"{cart}/lines", {"sku": SKU, "quantity": 1}, **token)

    return scenario


async def completions(port: int, pid: int, count: int = 300) -> Result:
    """Completion alone: the carts were filled before the clock starts."""
    filler = Connection(port, [])
    carts = [await fill_cart(filler) for _ in range(count)]

    latencies: list[float] = []
    start, before = asyncio.get_running_loop().time(), cpu_seconds(pid)

    async def one() -> None:
        connection = Connection(port, latencies)
        while carts:
            await complete(connection, *carts.pop())
        connection.close()

    await asyncio.gather(*(one() for _ in range(8)))
    seconds = asyncio.get_running_loop().time() - start
    return Result("completion", count, seconds, latencies, cpu_seconds(pid) - before, memory_bytes(pid))


def run() -> None:
    for database in ("sqlite", "postgresql"):
        with shop(database, workers=2) as site:
            stock_bench_item(site)
            assert site.web
            pid, port = site.web.pid, site.port
            add = asyncio.run(measure(f"add to cart, {database}", port, adding(), root_pid=pid))
            wait_until_idle(pid)
            done = asyncio.run(completions(port, pid))
            wait_until_idle(pid)
            whole = asyncio.run(measure(f"guest checkout, {database}", port, checkout, root_pid=pid))
            show(HEADINGS, (r.row() for r in (add, done, whole)))
            for error in (*add.errors[:2], *whole.errors[:2]):
                print(error)
            aim(f"add to cart per second, {database}", add.rate, "≥ 500", add.rate >= 500)
            aim(f"whole guest checkouts per second, {database}", whole.rate, "≥ 60", whole.rate >= 60)
            locked = site.log().lower().count("locked") + len(whole.errors)
            aim(f"lock errors and refusals, {database}", locked, "0", locked == 0)


def stock_bench_item(site: Any) -> None:
    """An item that doesn't run out."""
    folder = site.folder / "bench"
    folder.mkdir()
    (folder / "products.csv").write_text(
        "handle,categories,title_en,title_zh,summary_en,summary_zh,tax_class,published\r\n"
        "bench,mugs-cups,Bench,长凳,A bench.,一张长凳。,standard,true\r\n"
    )
    (folder / "variants.csv").write_text(
        "product,sku,price_usd,price_eur,price_cny,weight_g,stock_main\r\nbench,BENCH,2500,2500,17500,500,1000000\r\n"
    )
    site.command("catalog", "import", str(folder))

"""p99 of browsing while fifty people a second sign in, half of them with a wrong password."""

import asyncio
import json
import time
from collections import Counter
from pathlib import Path

from benchmarks.load import HEADINGS, Connection, Result, measure
from benchmarks.pages import get
from benchmarks.sites import SAMPLE, shop
from benchmarks.tables import aim, show
from marketry.boot import boot
from marketry_users.hashing import ARGON2
from marketry_users.models import Customer

PEOPLE = 400
RATE = 50  # a second
PASSWORD = "four green bowls"
FREE = {"MARKETRY_USERS__SIGN_IN_TRIES_PER_ADDRESS": "1000000", "MARKETRY_USERS__SIGN_IN_TRIES_PER_ACCOUNT": "1000"}


def open_accounts(folder: Path) -> None:
    runtime = boot(folder)
    ctx, hashed = runtime.context(), ARGON2.hash(PASSWORD)
    now = ctx.now()
    with ctx.writing() as session:
        session.add_all(
            Customer(
                id=f"customer:{n}", email=f"c{n}@example.com", locale="en", password=hashed, password_at=now, verified_at=now,
                created_at=now,
            )
            for n in range(PEOPLE)
        )  # fmt: skip
    runtime.close()


async def beside_sign_ins(port: int, pid: int) -> tuple[Result, Counter[int], list[float]]:
    """Browsing, and what the sign-ins were answered; they come at their own pace, whether or not the earlier are done."""
    answers: Counter[int] = Counter()
    took: list[float] = []
    idle: list[Connection] = []
    stop = asyncio.Event()

    async def sign_in(number: int) -> None:
        connection = idle.pop() if idle else Connection(port, took)
        password = PASSWORD if number % 2 else "not the one"
        body = json.dumps({"email": f"c{number % PEOPLE}@example.com", "password": password}).encode()
        status, _, _ = await connection.send("POST", "/api/v1/sessions", body, Content_Type="application/json")
        answers[status] += 1
        idle.append(connection)

    async def arrive() -> None:
        started, number, running = time.perf_counter(), 0, set[asyncio.Task[None]]()
        while not stop.is_set():
            task = asyncio.create_task(sign_in(number))
            running.add(task)
            task.add_done_callback(running.discard)
            number += 1
            await asyncio.sleep(max(0, started + number / RATE - time.perf_counter()))
        await asyncio.gather(*running, return_exceptions=True)

    arriving = asyncio.create_task(arrive())
    await asyncio.sleep(1)
    result = await measure(f"beside {RATE} sign-ins/s", port, get("/products/hearth-mug"), root_pid=pid, connections=4)
    stop.set()
    await arriving
    for connection in idle:
        connection.close()
    return result, answers, took


def run() -> None:
    with shop(workers=2, plugins=(*SAMPLE, "users"), environment=FREE) as site:
        assert site.web
        open_accounts(site.folder)
        port, pid = site.port, site.web.pid
        alone = asyncio.run(measure("browsing alone", port, get("/products/hearth-mug"), root_pid=pid, connections=4))
        beside, answers, took = asyncio.run(beside_sign_ins(port, pid))
    show(HEADINGS, (r.row() for r in (alone, beside)))
    ordered = sorted(took) or [0.0]
    p50, p99 = ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99) - 1] * 1000
    print(f"sign-ins: {answers[201]} in, {answers[422]} wrong, {answers[429]} busy; p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    ratio = beside.percentile(0.99) / alone.percentile(0.99)
    aim("p99 of browsing beside sign-ins / alone", ratio, "≤ 2", ratio <= 2)
    strange = sum(count for status, count in answers.items() if status not in (201, 422, 429))
    aim("sign-ins answered otherwise", strange, "0", strange == 0)

"""A small HTTP/1.1 load generator: keep-alive connections, latencies, and the server's own CPU and memory.

Runs in the process of the benchmark; a *scenario* is a coroutine that sends requests over one connection.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


class Connection:
    """One keep-alive connection; `send` returns (status, headers, body) and records the latency in seconds."""

    def __init__(self, port: int, latencies: list[float]) -> None:
        self.port, self.latencies = port, latencies
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        if self.writer is None or self.writer.is_closing():
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.reader is not None
        assert self.writer is not None
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body or method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body)}")
        start = time.perf_counter()
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        status, received, content = await _response(self.reader)
        self.latencies.append(time.perf_counter() - start)
        if received.get("connection") == "close":
            self.close()
        return status, received, content

    def close(self) -> None:
        if self.writer:
            self.writer.close()
            self.writer = None


async def _response(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int((await reader.readline()).strip(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readline()
        return int(head[0].split()[1]), headers, body
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers.get("content-length", 0)))


Scenario = Callable[[Connection], Awaitable[None]]


@dataclass
class Result:
    """Figures of one run: `rounds` of the scenario in `seconds`; latencies are per request, seconds."""

    name: str
    rounds: int
    seconds: float
    latencies: list[float]
    cpu: float
    memory: int
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.rounds / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    def row(self) -> tuple[str, ...]:
        each = self.cpu / self.rounds * 1000 if self.rounds else 0.0
        p50, p99 = self.percentile(0.5) * 1000, self.percentile(0.99) * 1000
        memory = f"{self.memory / 2**20:.0f}"
        return (self.name, f"{self.rate:.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{each:.2f}", memory, str(len(self.errors)))


def together(runs: Sequence[Result]) -> Result:
    """Several runs of one scenario as one."""
    first, latencies = runs[0], [latency for run in runs for latency in run.latencies]
    errors = [error for run in runs for error in run.errors]
    sums = (sum(run.rounds for run in runs), sum(run.seconds for run in runs))
    return Result(first.name, *sums, latencies, sum(run.cpu for run in runs), max(run.memory for run in runs), errors)


HEADINGS = ("scenario", "per s", "p50 ms", "p99 ms", "CPU ms each", "MiB", "errors")


async def measure(
    name: str, port: int, scenario: Scenario, *, root_pid: int, connections: int = 8, seconds: float = 4, warm: float = 1
) -> Result:
    """Repeat `scenario` on `connections` connections for `seconds`, after `warm` seconds that don't count."""
    await _drive(port, scenario, connections, warm)
    before = cpu_seconds(root_pid)
    start = time.perf_counter()
    rounds, latencies, errors = await _drive(port, scenario, connections, seconds)
    took = time.perf_counter() - start
    return Result(name, rounds, took, latencies, cpu_seconds(root_pid) - before, memory_bytes(root_pid), errors)


async def _drive(port: int, scenario: Scenario, connections: int, seconds: float) -> tuple[int, list[float], list[str]]:
    latencies: list[float] = []
    errors: list[str] = []
    rounds = 0
    deadline = time.perf_counter() + seconds

    async def one() -> None:
        nonlocal rounds
        connection = Connection(port, latencies)
        while time.perf_counter() < deadline:
            try:
                await scenario(connection)
                rounds += 1
            except (AssertionError, OSError, asyncio.IncompleteReadError) as error:
                errors.append(repr(error)[:300])
                connection.close()
                if len(errors) > 1000:
                    return
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return rounds, latencies, errors


def processes(root: int) -> list[int]:
    """`root` and all its descendants."""
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            queue.extend(map(int, task.read_text().split()))
    return found


def cpu_seconds(root: int) -> float:
    """User and system CPU seconds of the process tree, those of its finished children included."""
    total = 0
    for pid in processes(root):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15]))
    return total / TICK


def wait_until_idle(root: int, seconds: float = 120) -> None:
    """Return once the process tree uses less than a tenth of a core: the jobs of what was measured before are done."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        before = cpu_seconds(root)
        time.sleep(1)
        if cpu_seconds(root) - before < 0.1:
            return
    raise TimeoutError(f"still busy after {seconds} s")


def memory_bytes(root: int) -> int:
    """Proportional set size of the process tree: pages shared by workers count once."""
    total = 0
    for pid in processes(root):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total

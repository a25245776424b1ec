"""Sites and bare applications to measure: each a process of its own, one worker unless said otherwise."""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from marketry.testing import servers
from marketry.testing.running import RunningSite

ROOT = Path(__file__).resolve().parent.parent
BANK = """[settings.payments_manual.bank_accounts]
USD = { holder = "Bench", number = "000123456789" }
[settings.orders]
carts_per_minute = 1000000
"""
SAMPLE = ("catalog", "orders", "payments_manual", "shipping", "backoffice")


@contextmanager
def bare(target: str, **environment: str) -> Iterator[tuple[int, int]]:
    """`target` (module:app, or module:factory with --factory) under uvicorn; yields (port, pid)."""
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "uvicorn", *target.split(), "--port", str(port), "--log-level", "warning"]
        variables = {**os.environ, "BARE_DATABASE": f"{folder}/bare.sqlite", **environment}
        # In a session of its own as the shop is: Linux shares a busy machine out by sessions.
        process = subprocess.Popen([*command, "--no-access-log"], cwd=ROOT, env=variables, start_new_session=True)
        try:
            servers.wait_for_port(port)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait()


@contextmanager
def shop(
    database: str = "sqlite", workers: int = 1, plugins: Sequence[str] = SAMPLE, environment: Mapping[str, str] | None = None
) -> Iterator[RunningSite]:
    """The sample catalogue behind `marketry run`, theme and all sample plugins enabled."""
    url = {"MARKETRY_DATABASE_URL": fresh_postgres()} if database == "postgresql" else {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**url, **(environment or {})}
        running = RunningSite(Path(folder) / "site", plugins, environment=environment, theme="atelier", more=BANK)
        running.command("migrate")
        running.command("catalog", "import", str(ROOT / "sample_site" / "catalogue"))
        running.command("shipping", "start")
        running.start("--workers", str(workers), wait=False)
        running.wait(seconds=120)
        time.sleep(1)
        try:
            yield running
        finally:
            running.stop()


def fresh_postgres() -> str:
    name = f"bench_{uuid.uuid4().hex}"
    with psycopg.connect(servers.postgres(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return servers.postgres().rpartition("/")[0] + f"/{name}"

"""Real `marketry worker` processes, through RQ and a real Redis: killed, their Redis wiped, and nothing is lost or doubled."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from marketry.boot import boot
from marketry.jobs.tables import OUTBOX
from marketry.runtime import Runtime
from marketry.testing.running import RunningSite
from marketry.testing.servers import Server, start_redis
from marketry.web.values import SYSTEM


@pytest.fixture
def redis_server() -> Iterator[Server]:
    server = start_redis()
    yield server
    server.stop()


@pytest.fixture
def site(tmp_path: Path, database: str, redis_server: Server, smtp: Any) -> Iterator[RunningSite]:
    environment = {
        "MARKETRY_DATABASE_URL": database, "MARKETRY_REDIS_URL": redis_server.url, "MARKETRY_SMTP_URL": smtp.url,
    }  # fmt: skip
    running = RunningSite(tmp_path / "site", [], environment=environment)
    templates = running.folder / "templates" / "greeting"
    templates.mkdir(parents=True)
    (templates / "hello.txt").write_text("Hello {{ name }}\n\nDear {{ name }}\n")
    (templates / "hello.html").write_text("<p>Dear {{ name }}</p>")
    running.make_tables()
    yield running
    running.stop()


@pytest.fixture
def runtime(site: RunningSite) -> Iterator[Runtime]:
    booted = boot(site.folder, environ=site.environment)
    yield booted
    booted.close()


def write(runtime: Runtime, *names: str) -> None:
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing():
        for name in names:
            ctx.mail.queue(ctx, to="ada@example.com", template="greeting/hello", values={"name": name}, key=name)


def mail_states(runtime: Runtime) -> set[str]:
    with runtime.database.reading() as session:
        return set(session.scalars(select(OUTBOX.c.state).where(OUTBOX.c.handler == "job:kernel.mail")))


def lease_of_mail(runtime: Runtime) -> datetime:
    """Until when the one letter belongs to the worker that took it."""
    with runtime.database.reading() as session:
        return session.execute(select(OUTBOX.c.lease_until).where(OUTBOX.c.handler == "job:kernel.mail")).scalar_one()


def test_rq_workers_run_each_row_once(site: RunningSite, runtime: Runtime, smtp: Any, eventually: Callable[..., None]) -> None:
    names = [f"n{n:02d}" for n in range(30)]
    site.spawn("worker")
    site.spawn("worker")
    write(runtime, *names)

    eventually(lambda: mail_states(runtime) == {"done"}, 120)

    assert smtp.subjects == [f"Hello {name}" for name in names]


def test_a_worker_killed_right_after_sending_loses_nothing_and_another_is_done_within_60_seconds(
    site: RunningSite, runtime: Runtime, smtp: Any, eventually: Callable[..., None]
) -> None:
    doomed = site.spawn("worker", MARKETRY_CRASH_AT="mail.accepted")
    write(runtime, "Ada")
    eventually(lambda: doomed.poll() is not None, 60)
    assert doomed.returncode == -9
    assert mail_states(runtime) == {"waiting"}
    assert lease_of_mail(runtime) - datetime.now(UTC) < timedelta(seconds=60)

    site.spawn("worker")
    eventually(lambda: mail_states(runtime) == {"done"}, 120)

    assert [letter["Message-ID"] for letter in smtp.received] == [runtime.mailer.message_id("Ada")] * 2


def test_redis_dies_with_all_its_data_and_every_row_is_still_run_once(
    site: RunningSite, runtime: Runtime, smtp: Any, redis_server: Server, eventually: Callable[..., None]
) -> None:
    names = [f"n{n:02d}" for n in range(40)]
    smtp.pause = 0.05
    site.spawn("worker")
    write(runtime, *names)
    smtp.wait_for(5, 90)
    redis_server.kill()
    left = len(names) - len(smtp.received)
    assert left > 10, "most of the work was still on its way"
    time.sleep(1)
    redis_server.start()

    eventually(lambda: mail_states(runtime) == {"done"}, 120)

    assert smtp.subjects == [f"Hello {name}" for name in names]


def test_burst_runs_what_is_due_and_ends(site: RunningSite, runtime: Runtime, smtp: Any) -> None:
    write(runtime, "Ada", "Bob")

    assert site.command("worker", "--burst").returncode == 0

    assert smtp.subjects == ["Hello Ada", "Hello Bob"]
    assert mail_states(runtime) == {"done"}

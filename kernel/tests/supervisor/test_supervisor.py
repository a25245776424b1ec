"""`marketry run` as an operator meets it: processes killed, stopped, reloaded; the site answers on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from marketry.boot import boot
from marketry.testing.running import RunningSite
from marketry.web.values import SYSTEM


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path / "site", [])
    yield running
    running.stop()


def web_processes(site: RunningSite) -> set[int]:
    assert site.web is not None
    children = Path(f"/proc/{site.web.pid}/task/{site.web.pid}/children").read_text().split()
    return {int(pid) for pid in children}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def answers(site: RunningSite) -> bool:
    try:
        return httpx.get(f"{site.url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_a_web_process_that_is_killed_is_started_again(site: RunningSite, eventually: Callable[..., None]) -> None:
    site.start()
    (killed,) = web_processes(site)
    os.kill(killed, signal.SIGKILL)

    eventually(lambda: web_processes(site) not in ({killed}, set()) and answers(site), 120)


def test_a_reload_replaces_the_process_and_no_request_fails(site: RunningSite, eventually: Callable[..., None]) -> None:
    site.start()
    assert site.web is not None
    before = web_processes(site)
    statuses: list[Any] = []
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            try:
                statuses.append(httpx.get(f"{site.url}/readyz", timeout=10).status_code)
            except httpx.TransportError as error:
                statuses.append(repr(error))

    visitor = threading.Thread(target=visit)
    visitor.start()
    site.web.send_signal(signal.SIGHUP)
    try:
        eventually(lambda: len(web_processes(site)) == 1 and not web_processes(site) & before, 120)
    finally:
        over.set()
        visitor.join()

    assert set(statuses) == {200}
    assert len(statuses) > 1


def test_enabling_a_plugin_replaces_the_processes_that_run_without_it(site: RunningSite, eventually: Callable[..., None]) -> None:
    site.start()
    before = web_processes(site)
    site.command("plugin", "enable", "shipping")

    eventually(lambda: len(web_processes(site)) == 1 and not web_processes(site) & before and answers(site), 120)


def test_a_process_that_stands_still_is_replaced(site: RunningSite, eventually: Callable[..., None]) -> None:
    sooner = (
        "import sys; from pathlib import Path; from marketry.supervisor import child, supervise; child.STUCK_AFTER = 3;"
        f"sys.exit(supervise(Path({str(site.folder)!r}), port={site.port}))"
    )
    environment = {**os.environ, "MARKETRY_SITE": str(site.folder)}
    site.web = subprocess.Popen([sys.executable, "-c", sooner], start_new_session=True, env=environment)
    site.others.append(site.web)
    site.wait()
    (stuck,) = web_processes(site)
    eventually(lambda: answers(site), 120)
    os.kill(stuck, signal.SIGSTOP)

    eventually(lambda: not alive(stuck) and answers(site), 120)


def test_web_processes_end_with_a_supervisor_that_is_killed(site: RunningSite, eventually: Callable[..., None]) -> None:
    site.start("--workers", "2")
    assert site.web is not None
    eventually(lambda: len(web_processes(site)) == 2, 120)
    children = web_processes(site)
    site.web.kill()
    site.web.wait()

    eventually(lambda: not any(alive(pid) for pid in children), 120)


def test_stopping_is_clean(site: RunningSite, eventually: Callable[..., None]) -> None:
    site.start()
    assert site.web is not None
    eventually(lambda: f"Marketry serves http://127.0.0.1:{site.port}" in site.log(), 120)
    (child,) = web_processes(site)
    site.web.send_signal(signal.SIGTERM)

    assert site.web.wait(20) == 0
    assert not alive(child)


def test_a_taken_port_is_said_with_the_mend(site: RunningSite) -> None:
    site.start()
    refused = site.command("run", "--port", str(site.port), check=False)

    assert refused.returncode == 1
    assert f"Can't listen on 127.0.0.1 port {site.port}: Address already in use. Choose another with --port." in refused.stderr


def test_a_site_that_cannot_boot_ends_with_the_reason(site: RunningSite) -> None:
    (site.folder / "marketry.toml").write_text("name = ")
    refused = site.command("run", "--port", str(site.port), check=False)

    assert refused.returncode == 1
    assert "is not valid TOML" in refused.stderr
    assert "The site could not start" in refused.stderr


def test_on_postgresql_pending_migrations_are_the_operators_to_run(tmp_path: Path, database: str) -> None:
    site = RunningSite(tmp_path / "site", [], environment={"MARKETRY_DATABASE_URL": database})
    try:
        if database.startswith("sqlite"):
            site.start()
            assert answers(site)
        else:
            refused = site.command("run", "--port", str(site.port), check=False)
            assert refused.returncode == 1
            assert "The database is behind the code of kernel: run `marketry migrate`." in refused.stderr
    finally:
        site.stop()


def test_two_sites_processes_on_one_sqlite_file_share_the_outbox(
    site: RunningSite, smtp: Any, eventually: Callable[..., None]
) -> None:
    site.environment["MARKETRY_SMTP_URL"] = smtp.url
    (site.folder / "templates" / "greeting").mkdir(parents=True)
    (site.folder / "templates" / "greeting" / "hello.txt").write_text("Hello {{ name }}\n")
    (site.folder / "templates" / "greeting" / "hello.html").write_text("<p>{{ name }}</p>")
    site.start("--workers", "2")
    runtime = boot(site.folder, environ=site.environment)
    names = [f"n{n:02d}" for n in range(30)]
    ctx = runtime.context(actor=SYSTEM)
    for name in names:
        with ctx.writing():
            ctx.mail.queue(ctx, to="ada@example.com", template="greeting/hello", values={"name": name}, key=name)
    runtime.close()

    smtp.wait_for(30, 120)
    time.sleep(1.5)  # what would come twice would come now

    assert smtp.subjects == [f"Hello {name}" for name in names]

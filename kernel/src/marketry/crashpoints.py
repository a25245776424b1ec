"""Named points at which a test may kill the process, to show that nothing is lost there.

`MARKETRY_CRASH_AT=orders.placed.committed` kills at the first arrival, `name:3` at the third; as kill -9 does, without
flushing or closing anything. `@FILE` is what the file says when the process starts. Unset, `reach` does nothing.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path


def _from_environment(where: str | None) -> Callable[[str], None]:
    if where and where.startswith("@"):
        where = Path(where[1:]).read_text("utf-8")
    if not where:
        return lambda name: None
    wanted, _, count = where.partition(":")
    left = [int(count or 1)]

    def reach(name: str) -> None:
        if name != wanted:
            return
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return reach


reach = _from_environment(os.environ.get("MARKETRY_CRASH_AT"))

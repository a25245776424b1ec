"""One web process as the supervisor sees it: started, listened to, stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from marketry.supervisor.signs import BOOT_WITHIN, OUTDATED, READY, REFUSED, STOP_WITHIN, STUCK_AFTER


class Child:
    """A process that runs `marketry.supervisor.web`. It ends by itself when its supervisor is gone (the pipe closes)."""

    def __init__(self, site: Path, listener: int) -> None:
        self._signs, theirs = os.pipe()
        lifeline, self._lifeline = os.pipe()
        os.set_blocking(self._signs, False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "marketry.supervisor.web", str(listener), str(theirs), str(lifeline)],
            pass_fds=(listener, theirs, lifeline),
            env={**os.environ, "MARKETRY_SITE": str(site)},
        )
        os.close(theirs)
        os.close(lifeline)
        self.started = self.heard = time.monotonic()
        self.ready = self.outdated = self.refused = False
        self.stopping: float | None = None

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        status = self.process.returncode
        return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"

    @property
    def stuck(self) -> bool:
        """Silent for too long: its loop stands still, or all its threads do."""
        silent = time.monotonic() - self.heard
        return not self.ended and silent > (STUCK_AFTER if self.ready else BOOT_WITHIN)

    def listen(self) -> None:
        """Take in what it has said since."""
        try:
            said = os.read(self._signs, 4096)
        except BlockingIOError:
            return
        if said:
            self.heard = time.monotonic()
            self.ready |= READY in said
            self.outdated |= OUTDATED in said
            self.refused |= REFUSED in said

    def stop(self) -> None:
        """Ask it to finish what it does and end; overdue, `reap` ends it."""
        if self.stopping is None and not self.ended:
            self.stopping = time.monotonic()
            self.process.send_signal(signal.SIGTERM)

    def reap(self) -> bool:
        """Whether it has ended; kills it where it was asked to and did not."""
        if not self.ended and self.stopping is not None and time.monotonic() - self.stopping > STOP_WITHIN:
            self.process.kill()
        return self.ended

    def kill(self) -> None:
        if not self.ended:
            self.process.kill()
            self.process.wait()

    def forget(self) -> None:
        """Close our ends of its pipes."""
        self.listen()
        os.close(self._signs)
        os.close(self._lifeline)

"""One look for all requests of a turn of the event loop."""

from asyncio import AbstractEventLoop, get_running_loop


class Turn:
    """A loop does what is due in the order in which it fell due. What is due before `_over`, put in line by `begin`, was in line
    before it: requests that had arrived by then, for which whatever is found out after `begin` is new enough."""

    def __init__(self) -> None:
        self._loop: AbstractEventLoop | None = None

    @property
    def lasts(self) -> bool:
        return self._loop is not None and self._loop is get_running_loop()

    def begin(self) -> None:
        loop = self._loop = get_running_loop()
        loop.call_soon(self._over, loop)

    def end(self) -> None:
        self._loop = None

    def _over(self, loop: AbstractEventLoop) -> None:
        if self._loop is loop:
            self._loop = None

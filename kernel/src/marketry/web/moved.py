"""Where an address that nobody answers leads: the answer of the hook `missing`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moved:
    """`target`: a path of this shop as the browser shall see it (with the prefix of its language), or an address elsewhere; empty
    with the status 410, which says that the page is gone for good. `status`: 301, 302, 307, 308 or 410."""

    target: str = ""
    status: int = 301

"""Tables on the terminal."""

from collections.abc import Iterable, Sequence


def show(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        first, *rest = zip(line, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]))


def aim(what: str, measured: float, wanted: str, met: bool) -> None:
    print(f"{'met ' if met else 'MISSED'}  {what}: {measured:.2f} (aim {wanted})")

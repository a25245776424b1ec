"""Sets of small numbers as ints: bit n is set when n is in."""

from collections.abc import Iterable, Iterator

_BITS = [tuple(i for i in range(8) if byte >> i & 1) for byte in range(256)]


def bits_of(numbers: Iterable[int], size: int) -> int:
    """The set of `numbers`, all below `size`; quicker than one bit after the other, which copies the int each time."""
    row = bytearray(size // 8 + 1)
    for n in numbers:
        row[n >> 3] |= 1 << (n & 7)
    return int.from_bytes(row, "little")


def as_row(bits: int, size: int) -> bytes:
    """The set as bytes, to look many numbers up: `row[n >> 3] >> (n & 7) & 1`."""
    return bits.to_bytes(size // 8 + 1, "little")


def members(bits: int, size: int) -> Iterator[int]:
    """The numbers, rising."""
    for at, byte in enumerate(as_row(bits, size)):
        if byte:
            base = at << 3
            for i in _BITS[byte]:
                yield base + i

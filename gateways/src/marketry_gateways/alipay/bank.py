"""What every part of the twin works on: who it is, its clock, its book, its bills and the address it is found at."""

from __future__ import annotations

from dataclasses import dataclass, field

from marketry_gateways.alipay.book import Book
from marketry_gateways.alipay.clock import Clock
from marketry_gateways.alipay.identity import Identity


@dataclass
class Bank:
    """`base` is the twin's own address without a slash at its end; `bills` maps the token of a download to its day or month."""

    identity: Identity
    clock: Clock
    book: Book
    base: str = ""
    bills: dict[str, str] = field(default_factory=dict)

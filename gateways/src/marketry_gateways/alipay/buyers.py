"""The people of the sandbox who can sign in at the cashier."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Buyer:
    """One account: its 16-digit number, the masked name it signs in with, and what a bill shows of it."""

    number: str
    logon: str
    name: str
    label: str


BUYERS = (
    Buyer("2088722000000017", "mei***@sandbox.com", "*美(mei***@sandbox.com)", "李美 Li Mei"),
    Buyer("2088722000000025", "che***@sandbox.com", "*晨(che***@sandbox.com)", "陈晨 Chen Chen"),
)


def buyer_of(number: str) -> Buyer:
    """Raises KeyError where nobody has this number."""
    return {buyer.number: buyer for buyer in BUYERS}[number]

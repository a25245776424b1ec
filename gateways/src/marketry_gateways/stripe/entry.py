"""What the buyer typed, read before anything is charged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from marketry_gateways.stripe.cards import CARDS, luhn
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.methods import new_card, new_debit

IBANS = ("AT611904300234573201", "AT861904300235473202", "DE89370400440532013000")


@dataclass(frozen=True)
class Mistake:
    """What to correct: the field and the words."""

    field: str
    words: str


@dataclass(frozen=True)
class Entry:
    """A way to pay. Either ``number`` (with month and year) or ``iban``."""

    email: str
    name: str
    number: str = ""
    month: int = 0
    year: int = 0
    iban: str = ""

    def method(self, desk: Desk) -> Json:
        """As a payment method, written."""
        billing = {"email": self.email or None, "name": self.name or None}
        if self.iban:
            return new_debit(desk, self.iban, billing)
        return new_card(desk, self.number, billing, month=self.month, year=self.year)


def read_entry(form: dict[str, str], types: list[str], now: int) -> Entry | Mistake:
    """The buyer's entry, or the first mistake in it."""
    email, name = form.get("email", "").strip(), form.get("name", "").strip()
    if form.get("method", "card") not in types:
        return Mistake("method", "Choose one of the ways to pay.")
    if form.get("method") == "sepa_debit":
        iban = re.sub(r"\s", "", form.get("iban", "")).upper()
        return Entry(email, name, iban=iban) if iban in IBANS else Mistake("iban", "Your IBAN is invalid.")
    return _card(form, email, name, now)


def _card(form: dict[str, str], email: str, name: str, now: int) -> Entry | Mistake:
    number = re.sub(r"[\s-]", "", form.get("number", ""))
    if not re.fullmatch(r"[0-9]{12,19}", number) or not luhn(number):
        return Mistake("number", "Your card number is invalid.")
    if number not in CARDS:
        return Mistake("number", "This is not a test card. Never enter a real card here.")
    expiry = re.fullmatch(r"\s*([01]?[0-9])\s*/\s*(?:20)?([0-9]{2})\s*", form.get("expiry", ""))
    if expiry is None or not 1 <= int(expiry[1]) <= 12:
        return Mistake("expiry", "Your card's expiration date is incomplete.")
    month, year = int(expiry[1]), 2000 + int(expiry[2])
    today = datetime.fromtimestamp(now, UTC)
    if (year, month) < (today.year, today.month):
        return Mistake("expiry", "Your card's expiration date is in the past.")
    digits = 4 if CARDS[number].brand == "amex" else 3
    if not re.fullmatch(rf"[0-9]{{{digits}}}", form.get("cvc", "").strip()):
        return Mistake("cvc", "Your card's security code is incomplete.")
    return Entry(email, name, number=number, month=month, year=year)

"""What a buyer says, and what it costs. Nothing here touches a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marketry import Money
from marketry.commerce.quote import Adjustment, PricingFacts, Quote, Stage

PLUGIN, KEY = "giftnote", "note"


class Note(BaseModel):
    """The buyer's input on a line, from a form or from JSON."""

    model_config = ConfigDict(strict=True, extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)] = Field(
        title="Your words", description="We write them on a card and put it into the parcel."
    )
    sender: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = Field("", title="Signed")


@dataclass(frozen=True, slots=True)
class Price:
    """What `pricing_facts` found: the price of one note, and what it is called in the buyer's language."""

    amount: Money
    label: str


def note_of(data: Mapping[str, Mapping[str, Any]]) -> Note | None:
    """The note in the data of a cart line, if it has one."""
    value = data.get(PLUGIN, {}).get(KEY)
    return Note.model_validate(value) if value else None


def charge_notes(quote: Quote, facts: PricingFacts) -> Sequence[Adjustment]:
    """One fee per line with a note, however many pieces it has: they share a card."""
    price = facts.of(PLUGIN)
    if not isinstance(price, Price) or price.amount.minor == 0:
        return []
    noted = [quoted.id for quoted in quote.lines if note_of(quoted.line.data)]
    return [Adjustment("gift_note", price.label, price.amount, Stage.LINE, line=line) for line in noted]

"""What staff ask for, validated at the door; the pages and the JSON API share it. Amounts are minor units."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST = 10**15
Minor = Annotated[int, Field(gt=0, le=MOST)]
Units = Annotated[int, Field(ge=0, le=9999)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[\x21-\x7e]+$")]
OptionalId = Annotated[str, StringConstraints(max_length=32, pattern=r"^[\x21-\x7e]*$")]
Key = Annotated[str, StringConstraints(max_length=255, pattern=r"^[\x20-\x7e]*$")]
Text = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Short = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Lines = Annotated[dict[Id, Units], Field(min_length=1, max_length=1000)]


class Request(BaseModel):
    """`key` makes a request that is sent twice count once."""

    model_config = ConfigDict(extra="forbid", strict=True)
    key: Key = ""


class Receive(Request):
    payment: Id
    amount: Minor
    reference: Text = ""
    excess: bool = False


class Capture(Request):
    payment: Id
    amount: Minor | None = None


class Void(Request):
    payment: Id
    reason: Text = ""


class Refund(Request):
    """`amount` None: everything that is left. `payments` says how much by which; then `amount` must be absent."""

    amount: Minor | None = None
    reason: Text = ""
    payments: Annotated[dict[Id, Minor], Field(min_length=1, max_length=50)] | None = None


class Cancel(Request):
    reason: Text = ""
    refund: bool = True


class Pack(Request):
    lines: Lines
    location: Short = ""


class Ship(Request):
    """Send a packed parcel."""

    parcel: Id
    carrier: Short = ""
    tracking: Annotated[str, StringConstraints(max_length=120, strip_whitespace=True, pattern=r"^[^\x00]*$")] = ""


class OneParcel(Request):
    parcel: Id


class TakeBack(Request):
    lines: Lines
    restock: bool = True
    location: Short = ""
    reason: Text = ""


class PlaceHold(Request):
    label: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True, pattern=r"^[^\x00]*$")]
    blocks: Annotated[list[Literal["capture", "fulfil"]], Field(min_length=1, max_length=2)]


class LiftHold(Request):
    hold: Annotated[int, Field(gt=0, le=2**62)]


class Note(Request):
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True, pattern=r"^[^\x00]*$")]
    public: bool = False


class Accept(Request):
    payment: Id
    reason: Text = ""

"""What staff ask for, validated at the door; pages and JSON share it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST = 10**15
Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$")]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]
Code = Annotated[str, StringConstraints(min_length=3, max_length=120, pattern=r"^[a-z0-9_.]+$")]
Secret = Annotated[str, StringConstraints(max_length=1000)]
Typed = Annotated[str, StringConstraints(max_length=40)]
Keys = Annotated[list[Key], Field(max_length=50)]
Codes = Annotated[list[Code], Field(max_length=500)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=0, le=MOST, strict=True)]
Amounts = Annotated[dict[Currency, Minor], Field(max_length=200)]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Invited(Asked):
    email: Email
    roles: Keys = []
    locale: Typed = ""


class Roles(Asked):
    roles: Keys = []


class RoleAsked(Asked):
    """`limits`: a limit's code to {currency: minor units}, or to null for no limit; a limit that isn't named is nothing."""

    name: Name
    note: Text = ""
    permissions: Codes = []
    limits: Annotated[dict[Code, Amounts | None], Field(max_length=50)] = {}


class TokenAsked(Asked):
    name: Name
    permissions: Codes = []
    days: Annotated[int, Field(ge=1, le=3650)] = 90


class CodeTyped(Asked):
    code: Typed = ""


class FirstCode(CodeTyped):
    """`begun`: the mark of the secret that the page showed."""

    begun: Typed = ""


class RecoveryTyped(Asked):
    recovery_code: Typed = ""


class Joining(Asked):
    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    name: PersonName = ""
    password: Secret = ""


class Profile(Asked):
    name: PersonName = ""
    locale: Typed = ""


class NewPassword(Asked):
    password: Secret = ""

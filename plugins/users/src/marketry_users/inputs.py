"""What customers may send, by form or by JSON: bounded, and nothing that isn't named here."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from marketry_users.domain.emails import normal

PLAIN = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=PLAIN)]
Typed = Annotated[str, StringConstraints(min_length=1, max_length=320)]  # an address where a wrong one is answered like any other
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]


def _normal(typed: str) -> str:
    try:
        return normal(typed)
    except ValueError:
        raise ValueError("Please give an e-mail address.") from None


Email = Annotated[str, StringConstraints(max_length=320), AfterValidator(_normal)]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Registering(Input):
    """`marketing`: yes to news, which counts once the address is confirmed (double opt-in)."""

    email: Email
    password: Secret
    name: Name = ""
    marketing: bool = False


class SigningIn(Input):
    email: Typed
    password: Secret


class Asking(Input):
    """For a new link: to set another password."""

    email: Typed


class Following(Input):
    """A link, and the password where it must be proved."""

    token: Token
    password: Annotated[str, StringConstraints(max_length=1_000)] = ""


class Resetting(Input):
    token: Token
    password: Secret


class ChangingPassword(Input):
    current: Secret
    password: Secret


class ChangingEmail(Input):
    email: Email
    password: Secret


class Proving(Input):
    """The password again, before something that can't be taken back."""

    password: Secret


class Profile(Input):
    """What a customer may change of themselves without further ado; None: as it is."""

    name: Name | None = None
    locale: Annotated[str, StringConstraints(max_length=16)] | None = None
    marketing: bool | None = None

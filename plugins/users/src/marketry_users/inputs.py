"""What customers may send, by form or by JSON: bounded, and nothing that isn't named here."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from marketry.postal import AddressInput
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


class Subscribing(Input):
    """News for an address; they begin once it is confirmed (double opt-in)."""

    email: Email


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


class SignInForm(SigningIn):
    """`next`: where to go afterwards; only paths of this site are taken (`marketry.web.landing`)."""

    next: Annotated[str, StringConstraints(max_length=2_000)] = ""


class Confirming(Input):
    """The link of a registration, by a program: it has no browser that could be known again, so the password is due."""

    token: Token
    password: Secret


class AddressIn(AddressInput):
    """An address with its name in the book; an absent default stays as it is."""

    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=PLAIN)] = ""
    default_shipping: bool = False
    default_billing: bool = False

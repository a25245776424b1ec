"""Who is meant: an address and the account behind it, sealed while it is kept."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from marketry.settings.keys import SecretBox

if TYPE_CHECKING:
    from marketry.settings import Site


@dataclass(frozen=True, slots=True)
class Person:
    """`who`: an e-mail address in lower case; `customer`: the id of their account, empty where there was none."""

    who: str
    customer: str = ""


def seal(site: "Site", person: Person) -> str:
    return SecretBox(site.secret_keys).seal(json.dumps(asdict(person)))


def unseal(site: "Site", sealed: str) -> Person:
    """ValueError where it was sealed under a key that the site no longer has."""
    return Person(**json.loads(SecretBox(site.secret_keys).open(sealed)))

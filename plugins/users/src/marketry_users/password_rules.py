"""Refusing passwords that others would try first."""

from functools import cache
from importlib.resources import files

from marketry import Context
from marketry.problems import invalid
from marketry_users.domain.passwords import LEAST, MOST, normal_password, weakness


@cache
def common_passwords() -> frozenset[str]:
    """The 8,351 commonest of at least eight characters, in lower case (Royce Williams' list, as Django ships it)."""
    return frozenset((files("marketry_users") / "common_passwords.txt").read_text("utf-8").split())


def checked_password(ctx: Context, typed: str, email: str, name: str, field: str = "password") -> str:
    """The password as it is hashed; Refused (422) with what to do, where it is too easy."""
    password, _ = normal_password(typed), ctx.gettext
    match weakness(password, email, name, common_passwords()):
        case None:
            return password
        case "too_short":
            message = _("Use at least %(n)s characters. A few words in a row are easy to remember and hard to guess.", n=LEAST)
        case "too_long":
            message = _("Use at most %(n)s characters.", n=MOST)
        case "common":
            message = _("This password is among the first that strangers try. Choose another one.")
        case _:
            message = _("Your name and your address are easy to guess. Choose another password.")
    raise invalid("weak_password", message, field)

"""One-time codes by the clock (RFC 6238: SHA-1, six digits, 30 seconds), and recovery codes. Pure: time comes in."""

import hashlib
import hmac
import secrets
from base64 import b32decode, b32encode

STEP = 30  # seconds
DIGITS = 6
DRIFT = 1  # steps before and after now that are taken (RFC 6238, section 5.2)
RECOVERY_CODES = 10


def new_secret() -> str:
    """160 random bits in Base32, as authenticator apps read them (RFC 4226, section 4, R6)."""
    return b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of time step `step` (RFC 4226, section 5.3)."""
    digest = hmac.new(b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, typed: str, now: float, after: int) -> int | None:
    """The time step whose code was typed, among those around `now` (seconds since 1970) and later than `after`; None where it
    is no such code: wrong, too old, or used before."""
    code = "".join(typed.split())
    here = int(now // STEP)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > after:
            found = step
    return found


def new_recovery_code() -> str:
    """80 random bits in four groups that can be read out: `abcd-efgh-ijkl-mnop`."""
    letters = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def normal_recovery_code(typed: str) -> str:
    """What was typed, as it was written: groups, case and what Base32 has no digits for (0, 1, 8) don't matter."""
    letters = "".join(typed.split()).replace("-", "").lower().translate(str.maketrans("018", "olb"))
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def spaced(secret: str) -> str:
    """A secret in groups of four, for typing."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))

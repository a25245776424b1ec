"""How often somebody may try: per account and per network address, whether or not there is such an account.

An account's limit counts tries from unknown browsers together, however many addresses they come from, so ten thousand
addresses get no further than one. A browser in which the account was signed in before counts for itself: strangers who guess
can't lock its owner out (OWASP, device cookies).
"""

from hashlib import sha256
from secrets import token_hex

from itsdangerous import BadData
from starlette.responses import Response

from marketry import Context
from marketry.web.cookies import read_cookie, set_cookie
from marketry.web.ratelimits import network, rate_limit
from marketry_users.settings import UserSettings

KNOWN = "known"  # the cookie of a browser that an account knows
PURPOSE = "users.known-browser"
YEAR = 31_536_000  # seconds


def limit_sign_in(ctx: Context, email: str) -> None:
    """Count a try to sign in as `email` (a normal address, or whatever was typed)."""
    settings = ctx.settings(UserSettings)
    rate_limit(ctx, f"users.sign-in.from:{network(ctx)}", f"{settings.sign_in_tries_per_address}/15 minutes")
    whom = _known_browser(ctx, email) or f"to:{_digest(email)}"
    rate_limit(ctx, f"users.sign-in.{whom}", f"{settings.sign_in_tries_per_account}/15 minutes")


def limit_password(ctx: Context, customer: str) -> None:
    """Count a try of the password by somebody who is signed in."""
    rate_limit(ctx, f"users.password:{customer}", f"{ctx.settings(UserSettings).sign_in_tries_per_account}/15 minutes")


def limit_mail(ctx: Context, email: str) -> None:
    """Count a mail to `email` that a visitor asks for: nobody's mailbox is flooded, and no address sends to thousands."""
    rate_limit(ctx, f"users.mail.from:{network(ctx)}", f"{ctx.settings(UserSettings).sign_in_tries_per_address}/15 minutes")
    rate_limit(ctx, f"users.mail.to:{_digest(email)}", "5/hour")


def limit_token(ctx: Context) -> None:
    """Count a link that is followed."""
    rate_limit(ctx, f"users.token.from:{network(ctx)}", f"{ctx.settings(UserSettings).sign_in_tries_per_address}/15 minutes")


def remember_browser(ctx: Context, response: Response, email: str) -> None:
    """From now on tries of this browser to sign in as `email` count for themselves."""
    if _known_browser(ctx, email) is None:
        value = ctx.runtime.signer(PURPOSE).dumps([_digest(email), token_hex(8)])
        set_cookie(ctx, response, KNOWN, str(value), max_age=YEAR)


def _known_browser(ctx: Context, email: str) -> str | None:
    signed = read_cookie(ctx, KNOWN)
    if not signed:
        return None
    try:
        whose, nonce = ctx.runtime.signer(PURPOSE).loads(signed, max_age=YEAR)
    except (BadData, ValueError, TypeError):
        return None
    return f"by:{nonce}" if whose == _digest(email) else None


def _digest(email: str) -> str:
    return sha256(email.encode()).hexdigest()[:32]

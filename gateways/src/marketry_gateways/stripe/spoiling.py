"""Events that a shop must not believe, or must believe in spite of their looks."""

from __future__ import annotations

from marketry_gateways.stripe.signing import header

STALE, FUTURE = -3600, 3600
FLAWS = ("altered", "forged", "stale", "future", "unsigned", "malformed", "wrong_scheme")


def spoil(flaw: str, body: bytes, secrets: tuple[str, ...], at: int) -> tuple[bytes, str]:
    """Body and signature header with a flaw ("" for none); the header is empty where it is left out.

    altered: one byte of the body changed after signing; forged: signed by a stranger's secret; stale, future: truly
    signed, an hour off; unsigned: no header; malformed: not a header at all; wrong_scheme: only a true v0.
    """
    if flaw == "altered":
        return body.replace(b'"amount": ', b'"amount": 1', 1) if b'"amount": ' in body else body + b" ", header(body, secrets, at)
    if flaw == "forged":
        return body, header(body, ("whsec_of_a_stranger",), at)
    if flaw in ("stale", "future"):
        return body, header(body, secrets, at + (STALE if flaw == "stale" else FUTURE))
    if flaw == "unsigned":
        return body, ""
    if flaw == "malformed":
        return body, "signature"
    if flaw == "wrong_scheme":
        return body, header(body, secrets, at).replace("v1=", "v0=")
    return body, header(body, secrets, at)

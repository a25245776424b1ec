"""The page that sets a second factor up: a QR code for the app, the secret for typing, a field for the first code."""

import pyotp
import segno
from fastapi import Response
from markupsafe import Markup

from marketry import Context
from marketry.problems import Refused
from marketry.web import render
from marketry_backoffice.api import Staff
from marketry_users.domain.one_time_codes import spaced
from marketry_users.staff.factors import mark_of


def factor_page(
    ctx: Context, staff: Staff, secret: str, action: str, refused: Refused | None = None, *, bare: bool = True
) -> Response:
    """`action`: where the first code is sent; `bare`: before somebody is signed in."""
    address = pyotp.TOTP(secret).provisioning_uri(name=staff.email, issuer_name=ctx.site.name)
    return render(
        ctx, "users/staff/factor_bare.html" if bare else "users/staff/factor.html", status=refused.status if refused else 200,
        problems=refused.problems if refused else (), secret=spaced(secret), begun=mark_of(secret), address=address,
        action=action, picture=qr_code(address),
    )  # fmt: skip


def qr_code(text: str) -> Markup:
    """A QR code as SVG inside the page: no request of its own could be cached, and no style that the CSP forbids."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=4, omitsize=True, dark="#111", light="#fff", svgclass="qr"))  # noqa: S704 - by segno

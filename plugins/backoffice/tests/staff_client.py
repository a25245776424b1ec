"""A browser in which somebody is signed in to the back office, by a real link."""

import re
from urllib.parse import urlsplit

from marketry.testing.clients import visitor_of
from marketry.web.values import SYSTEM
from marketry_backoffice.api import ensure_admin, issue_link

EMAIL = "ada@example.com"


def admin_link(runtime, email=EMAIL, permissions=("*",)):
    """A fresh link for a member of staff with these permissions, as a path."""
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing():
        staff = ensure_admin(ctx, email)
        staff.permissions = list(permissions)
        link = issue_link(ctx, staff)
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def token_in(html):
    """The CSRF token of the form on a page."""
    return re.search(r'name="csrf_token" value="([^"]+)"', html)[1]


def post(client, path, *, form_on=None, **fields):
    """Send a form that stands on the page `form_on` (default: the same path)."""
    page = client.get(form_on or path)
    return client.post(path, data={"csrf_token": token_in(page.text), **fields})


def signed_in(runtime, permissions=("*",), email=EMAIL, **options):
    client = visitor_of(runtime, **options)
    link = admin_link(runtime, email, permissions)
    answer = post(client, "/admin/enter", form_on=link, token=link.partition("token=")[2])
    assert answer.status_code in (200, 303, 403), answer.text
    return client

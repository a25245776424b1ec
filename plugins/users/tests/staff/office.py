"""Staff of a shop with users: people with roles, browsers in which they are signed in, phones that make codes."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pyotp
from plugins.backoffice.tests.staff_client import post, token_in
from sqlalchemy import select

from marketry import Permission, Plugin
from marketry.mail.tables import MailRow
from marketry.testing import inline_plugin
from marketry.testing.clients import visitor_of
from marketry.web.values import SYSTEM
from marketry_backoffice.api import Staff, ensure_admin, find_staff, issue_link
from marketry_users.staff.factors import begin_factor, confirm_factor, mark_of
from marketry_users.staff.passwords import hash_password, store_password
from marketry_users.staff.people import write_roles
from marketry_users.staff.roles import save_role

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
PASSWORD = "seven green bottles standing"
OWNER = "olga@example.com"
RELAXED = "[settings.users]\nrequire_second_factor = false\n"


class Clock:
    """The site's clock, moved by the test."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def forward(self, **time):
        self.now += timedelta(**time)


def system(site):
    return site.context(actor=SYSTEM, channel="cli")


def hire(site, email, *roles, password=PASSWORD, name=""):
    """An active member of staff with `roles`; returns their number."""
    ctx = system(site)
    stored = hash_password(ctx, password, email, name)
    with ctx.writing() as session:
        staff = find_staff(ctx, email)
        if staff is None:
            staff = Staff(email=email, name=name, permissions=[], created_at=ctx.now())
            session.add(staff)
            session.flush()
        write_roles(ctx, staff, roles)
        store_password(ctx, staff, stored)
        return staff.id


def role_of(site, *permissions, name="Helper", limits=None):
    """A role that the merchant made; returns its key."""
    ctx = system(site)
    with ctx.writing():
        return save_role(ctx, None, name, "", permissions, limits or {})


def phone_of(site, email):
    """Set a second factor up for them; returns (the app on their phone, their recovery codes)."""
    ctx = system(site)
    with ctx.writing():
        staff = find_staff(ctx, email)
        app = pyotp.TOTP(secret := begin_factor(ctx, staff))
        codes = confirm_factor(ctx, staff, app.at(ctx.now()), mark_of(secret))
    return app, codes


def first_step(client, email, password=PASSWORD, **more):
    """Type address and password."""
    return post(client, "/admin/sign-in/password", form_on="/admin/sign-in", email=email, password=password, **more)


def browser_of(site, email, password=PASSWORD):
    """A browser in which somebody without a second factor is signed in by password."""
    client = visitor_of(site)
    answer = first_step(client, email, password)
    assert answer.status_code in (200, 403), answer.text
    return client


def owner_of(site):
    ctx = system(site)
    with ctx.writing():
        ensure_admin(ctx, OWNER)
    hire(site, OWNER, "owner")
    return browser_of(site, OWNER)


def link_for(site, email):
    """A one-time link of somebody, as a path."""
    ctx = system(site)
    with ctx.writing():
        parts = urlsplit(issue_link(ctx, find_staff(ctx, email)))
    return f"{parts.path}?{parts.query}"


def by_link(client, link):
    return post(client, "/admin/enter", form_on=link, token=link.partition("token=")[2])


def send(client, path, **fields):
    """Send a form with the browser's token, from no page in particular."""
    return client.post(path, data={"csrf_token": token_in(client.get("/admin/me").text), **fields}, follow_redirects=False)


def is_in(client):
    return client.get("/admin/me", follow_redirects=False).status_code == 200


def roles_of(site, email):
    from marketry_users.staff.ruling import role_keys

    ctx = system(site)
    with ctx.reading():
        return role_keys(ctx, ctx.session.scalars(select(Staff).where(Staff.email == email)).one())


def last_mail(site, recipient):
    with site.context().reading() as session:
        mails = session.scalars(select(MailRow).where(MailRow.recipient == recipient).order_by(MailRow.id.desc())).all()
    return mails[0]


def invitation_link(site, recipient):
    """The link of the last invitation, as a path."""
    parts = urlsplit(re.search(r"http\S+/admin/invitation\?token=\S+", last_mail(site, recipient).text)[0])
    return f"{parts.path}?{parts.query}"


def token_made(client, *permissions, name="till", days=30):
    """Make a token on the page; returns it."""
    page = post(client, "/admin/tokens/new", name=name, days=str(days), permissions=list(permissions))
    assert page.status_code == 200, page.text
    return re.search(r"mky_[\w-]{20,}", page.text)[0]


def bearer(site, token):
    """A program that acts by a token: no cookies, no origin."""
    client = visitor_of(site)
    client.headers.pop("Origin")
    client.headers["Authorization"] = f"Bearer {token}"
    return client


BOOKS = inline_plugin(Plugin(id="ledger", title="Ledger", permissions=(Permission("ledger.entry.read", "Read the ledger"),)))

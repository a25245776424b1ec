"""A shop with accounts, its mails, and people with browsers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlmodel import select

from marketry.jobs.running import run_pending
from marketry.mail.tables import MailRow
from marketry.testing.clients import visitor_of
from marketry.web.ratelimits import limiter_of
from marketry_users.domain.emails import normal

PASSWORD = "four green bowls"
ADA = "ada@example.com"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Shop:
    """The booted site, and what a test asks of it."""

    runtime: Any
    clock: Clock
    _clients: list[Any] = field(default_factory=list)

    def browser(self, **options: Any) -> "Browser":
        client = visitor_of(self.runtime, **options)
        self._clients.append(client)
        return Browser(self, client)

    def work(self) -> None:
        """Run what waits in the outbox."""
        run_pending(self.runtime)

    def mails(self, to: str | None = None, template: str = "") -> list[MailRow]:
        """Written so far, the oldest first."""
        self.work()
        with self.runtime.context().reading() as session:
            rows = session.scalars(select(MailRow).order_by(MailRow.id)).all()
        return [row for row in rows if to in (None, row.recipient) and template in row.template]

    def link(self, to: str, template: str = "secret") -> str:
        """Path and query of the link in the newest mail of this kind."""
        mail = self.mails(to, template)[-1]
        found = re.search(r"https?://\S+token=\S+", mail.text)
        assert found, mail.text
        parts = urlsplit(found[0])
        return f"{parts.path}?{parts.query}"

    def token(self, to: str, template: str = "secret") -> str:
        return self.link(to, template).partition("token=")[2]

    def register(self, email: str = ADA, password: str = PASSWORD, name: str = "Ada", **more: str) -> "Browser":
        """A browser in which somebody has registered, confirmed, and is signed in."""
        browser = self.browser()
        browser.post("/account/register", email=email, password=password, name=name, **more)
        email = normal(email)
        done = browser.post(self.link(email, "verify"), to="/account/verify", token=self.token(email, "verify"))
        assert done.url.path == "/account", done.text
        return browser

    def count(self, table: str) -> int:
        with self.runtime.context().reading() as session:
            return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def rows(self, statement: str) -> list[Any]:
        with self.runtime.context().reading() as session:
            return list(session.execute(text(statement)).all())

    def forget_limits(self) -> None:
        limiter_of(self.runtime)._memory.storage.reset()


class Browser:
    """A client that sends forms as they stand on their pages."""

    def __init__(self, shop: Shop, client: Any) -> None:
        self.shop, self.client = shop, client

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def post(self, page: str, *, to: str | None = None, follow: bool = True, **fields: str) -> Any:
        """Send the form that stands on `page` to `to` (default: the same path)."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert token, f"no form on {page}"
        data = {"csrf_token": token[1], **fields}
        return self.client.post(to or page.partition("?")[0], data=data, follow_redirects=follow)

    def sign_in(self, email: str = ADA, password: str = PASSWORD, **options: Any) -> Any:
        return self.post("/account/sign-in", email=email, password=password, **options)

    def plant(self, session: str) -> None:
        """Give the browser a session's cookie, as somebody else could."""
        self.client.cookies.set("session", session, domain="testserver.local", path="/")

    @property
    def signed_in(self) -> bool:
        return self.client.get("/account", follow_redirects=False).status_code == 200


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_shop(make_site: Any, clock: Clock) -> Callable[..., Shop]:
    return lambda *plugins, **options: Shop(make_site("backoffice", "users", *plugins, clock=clock, **options), clock)


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()

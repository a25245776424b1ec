"""Everybody who may come to a shop, and what is theirs: real rows, signed in by real sessions, without typing passwords."""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Any

from sqlalchemy import text

from marketry.runtime import Runtime
from marketry.web.security.csrf import COOKIE, HEADER, _token
from marketry.web.tables import SessionRow
from marketry.web.values import SYSTEM
from marketry_backoffice.api import Staff
from marketry_orders.models import SavedMeans
from marketry_users.models import Customer, SavedAddress, Token
from marketry_users.staff.people import write_roles

CSRF = "a-value-that-the-test-knows"


@dataclass
class Somebody:
    """`kind`: anonymous, customer, staff or token. `permissions` of a token."""

    name: str
    kind: str
    subject: str = ""
    token: str = ""
    permissions: frozenset[str] = frozenset()


@dataclass
class Town:
    """The shop's people; makes sessions and things of theirs."""

    site: Runtime
    people: list[Somebody] = field(default_factory=list)

    def ctx(self) -> Any:
        return self.site.context(actor=SYSTEM, channel="test")

    def settle_in(self, roles: tuple[str, ...], token: frozenset[str]) -> None:
        self.people = [Somebody("anonymous", "anonymous"), self.customer("customer"), self.customer("other customer")]
        self.people += [self.staff(role) for role in roles]
        self.people.append(self.program(token))

    def customer(self, name: str) -> Somebody:
        ctx, subject = self.ctx(), f"customer:{token_hex(8)}"
        with ctx.writing() as session:
            now = ctx.now()
            email = f"{token_hex(4)}@example.com"
            session.add(
                Customer(
                    id=subject,
                    email=email,
                    name=name,
                    locale="en",
                    password="-",
                    password_at=now,
                    verified_at=now,
                    created_at=now,
                )
            )
        return Somebody(name, "customer", subject)

    def staff(self, role: str) -> Somebody:
        ctx = self.ctx()
        with ctx.writing() as session:
            row = Staff(email=f"{role}@example.com", name=role, permissions=[], created_at=ctx.now())
            session.add(row)
            session.flush()
            write_roles(ctx, row, [role])
            return Somebody(role, "staff", f"staff:{row.id}")

    def program(self, permissions: frozenset[str]) -> Somebody:
        ctx, secret = self.ctx(), "mky_" + token_urlsafe(32)
        owner = int(next(one.subject for one in self.people if one.name == "owner").partition(":")[2])
        with ctx.writing() as session:
            session.add(
                Token(
                    id=token_hex(12), hash=sha256(secret.encode()).hexdigest(), start=secret[:10], staff_id=owner, name="till",
                    permissions=sorted(permissions), created_at=ctx.now(), expires_at=ctx.now() + timedelta(days=1),
                )
            )  # fmt: skip
        return Somebody("token", "token", token=secret, permissions=permissions)

    def headers(self, who: Somebody) -> dict[str, str]:
        """What a browser (or a program) of `who` sends: a session that began just now, and the token of its forms."""
        if who.kind == "token":
            return {"Authorization": f"Bearer {who.token}"}
        cookies = [f"{COOKIE}={CSRF}"]
        if who.kind in ("customer", "staff"):
            cookies.append(f"{'session' if who.kind == 'customer' else 'staff'}={self.session(who)[0]}")
        ctx = self.ctx()
        return {"Cookie": "; ".join(cookies), HEADER: _token(ctx, CSRF), "Origin": self.site.site.base_url}

    def session(self, who: Somebody) -> tuple[str, str]:
        """A new session of `who`: (the cookie's value, the id that lists name it by)."""
        token, ctx = token_urlsafe(24), self.ctx()
        hashed = sha256(token.encode()).hexdigest()
        with ctx.writing() as session:
            now = ctx.now()
            row = SessionRow(hash=hashed, kind=who.kind, subject=who.subject, created_at=now, seen_at=now)
            row.data, row.expires_at = {}, now + timedelta(hours=1)
            session.add(row)
        return token, hashed[:24]

    def address(self, who: Somebody) -> str:
        """An entry of their address book."""
        ctx, made = self.ctx(), token_hex(12)
        place = {"line1": "1 Loom St", "city": "Springfield", "region": "IL", "postal_code": "62701", "country": "US"}
        with ctx.writing() as session:
            session.add(SavedAddress(id=made, customer_id=who.subject, name="Ada", created_at=ctx.now(), **place))
        return made

    def instrument(self, who: Somebody) -> str:
        """A card that they saved, at a provider that isn't there any more."""
        ctx, made = self.ctx(), token_hex(12)
        with ctx.writing() as session:
            now = ctx.now()
            session.add(
                SavedMeans(
                    id=made, customer=who.subject, provider="gone", token=made, label="A card", created_at=now, used_at=now
                )
            )
        return made

    def give_order(self, number: str, who: Somebody) -> None:
        ctx = self.ctx()
        with ctx.writing() as session:
            session.execute(
                text("UPDATE orders_order SET customer = :who WHERE number = :number"), {"who": who.subject, "number": number}
            )

"""Customers for the trials of orders: a plugin that keeps them in memory, signs them in by a page and knows bearers by id."""

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from marketry import Plugin
from marketry.commerce.people import Customer, CustomerBook, SavedAddress
from marketry.hookspecs import people
from marketry.testing.inline import inline_plugin
from marketry.web import Ctx, Router, public, read_cookie, set_cookie
from marketry.web.values import Actor, ActorKind


@dataclass
class People:
    """Who has an account. `sign_in` is a POST to /trial/sign-in/<name>; a program sends `Authorization: Bearer <name>`."""

    book: dict[str, Customer] = field(default_factory=dict)
    saved: dict[str, list[SavedAddress]] = field(default_factory=dict)

    def add(self, name: str, **more: Any) -> Customer:
        values = {"email": f"{name}@example.com", "name": name.title(), "locale": "en", "verified": True, **more}
        one = Customer(f"customer:{name}", groups=frozenset(), marketing=False, **values)
        self.book[one.id] = one
        return one

    def customer(self, ctx: Any, id: str) -> Customer | None:
        return self.book.get(id)

    def by_email(self, ctx: Any, email: str) -> Customer | None:
        return next((one for one in self.book.values() if one.email == email), None)

    def addresses(self, ctx: Any, id: str) -> list[SavedAddress]:
        return self.saved.get(id, [])

    def keep_address(self, ctx: Any, id: str, address: Any, *, default_for: Any = ()) -> None:
        kept = self.saved.setdefault(id, [])
        if all(one.address != address for one in kept):
            kept.append(SavedAddress(f"a{len(kept) + 1}", address, "shipping" in default_for, "billing" in default_for))

    def arrive(self, ctx: Any, name: str, response: Response | None = None) -> Response:
        response = response or Response()
        with ctx.writing():
            ctx.hooks.each(people.customer_arriving, ctx, self.book[f"customer:{name}"], response)
        return response

    def resolve_actor(self, ctx: Any, request: Any) -> Actor | None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        found = self.book.get(f"customer:{bearer or read_cookie(ctx, 'who')}")
        return Actor(ActorKind.CUSTOMER, found.id, found.name) if found else None

    def plugin(self) -> Any:
        router = Router()

        @router.post("/trial/sign-in/{name}")
        @public
        def sign_in(ctx: Ctx, name: str) -> Response:
            response = self.arrive(ctx, name)
            set_cookie(ctx, response, "who", name)
            return response

        @router.get("/account/sign-in")
        @public
        def sign_in_page(ctx: Ctx, next: str = "") -> Response:
            return Response(f"sign in, then {next}")

        @router.post("/trial/sign-out")
        @public
        def sign_out(ctx: Ctx) -> Response:
            response = Response()
            set_cookie(ctx, response, "who", "")
            return response

        return inline_plugin(
            Plugin("trial_people", "Trial people"),
            services=lambda: {CustomerBook: self},
            resolve_actor=lambda ctx, request: self.resolve_actor(ctx, request),
            routes=lambda area: [router] if area == "shop" else [],
        )

"""The hosted checkout a person clicks through. Plain HTML: it works without JavaScript."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from marketry_gateways.stripe.desk import Desk, World
from marketry_gateways.stripe.entry import Entry, Mistake, read_entry
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.passing import pass_time
from marketry_gateways.stripe.paying import answer_challenge, pay
from marketry_gateways.stripe.rendering import language, render


class Pages:
    """The pages of a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/c/pay/{id}", self.show, methods=["GET"]),
            Route("/c/pay/{id}", self.take, methods=["POST"]),
            Route("/c/challenge/{id}", self.challenge, methods=["GET"]),
            Route("/c/challenge/{id}", self.answer, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The payment page of a session; the ways out where it is over."""
        pass_time(self.world)
        found = self._find(request, "checkout.session")
        if found is None:
            return _gone(request)
        desk, session = found
        if session["status"] == "open" and session["payment_intent"]:
            intent = desk.get("payment_intent", session["payment_intent"])
            if intent["status"] == "requires_action":
                return _see(f"/c/challenge/{intent['id']}")
            error = intent["last_payment_error"]
            return self._page(request, session, said=error["message"] if error else "")
        return self._page(request, session)

    async def take(self, request: Request) -> Response:
        """The buyer pays. A second submission finds the session complete and is sent on."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        pass_time(self.world)
        with self.world.book.transaction():
            found = self._find(request, "checkout.session")
            if found is None:
                return _gone(request)
            desk, session = found
            if session["status"] != "open":
                return self._page(request, session)
            entry = read_entry(form, session["payment_method_types"], desk.now)
            if isinstance(entry, Mistake):
                return self._page(request, session, mistake=entry, form=form, status=422)
            intent = self._pay(desk, session, entry)
        return self._onwards(request, desk, intent, form)

    def _pay(self, desk: Desk, session: Json, entry: Entry) -> Json:
        if session["payment_intent"]:
            intent = desk.get("payment_intent", session["payment_intent"])
            if intent["status"] == "requires_action":
                return intent
        details = session["customer_details"] or {"address": None, "phone": None, "tax_exempt": "none", "tax_ids": []}
        session["customer_details"] = details | {"email": entry.email or details.get("email"), "name": entry.name}
        desk.put(session)
        return pay(desk, session, entry.method(desk))

    def _onwards(self, request: Request, desk: Desk, intent: Json, form: dict[str, str]) -> Response:
        if intent["status"] == "requires_action":
            return _see(f"/c/challenge/{intent['id']}")
        session = desk.get("checkout.session", intent["_session"])
        error = intent["last_payment_error"]
        if error:
            return self._page(request, session, said=error["message"], form=form, status=402)
        return _see(success_url(session))

    async def challenge(self, request: Request) -> Response:
        """The page of the buyer's bank."""
        found = self._find(request, "payment_intent")
        if found is None:
            return _gone(request)
        desk, intent = found
        if intent["status"] != "requires_action":
            return self._after_challenge(desk, intent)
        session = desk.get("checkout.session", intent["_session"]) if intent["_session"] else None
        return HTMLResponse(render("challenge.html", language(request, session), intent=intent))

    async def answer(self, request: Request) -> Response:
        """Complete or fail the challenge; answered before, the buyer is only sent on."""
        form = await request.form()
        with self.world.book.transaction():
            found = self._find(request, "payment_intent")
            if found is None:
                return _gone(request)
            desk, intent = found
            if intent["status"] == "requires_action":
                intent = answer_challenge(desk, intent, success=form.get("outcome") == "complete")
        return self._after_challenge(desk, intent)

    def _after_challenge(self, desk: Desk, intent: Json) -> Response:
        if intent["_session"]:
            session = desk.get("checkout.session", intent["_session"])
            return _see(success_url(session) if session["status"] == "complete" else f"/c/pay/{session['id']}")
        went = "failed" if intent["last_payment_error"] else "succeeded"
        names = {"payment_intent": intent["id"], "payment_intent_client_secret": intent["client_secret"], "redirect_status": went}
        url = intent["_return_url"] or "/"
        return _see(f"{url}{'&' if '?' in url else '?'}{urlencode(names)}")

    def _find(self, request: Request, kind: str) -> tuple[Desk, Json] | None:
        found = self.world.book.find(request.path_params["id"])
        if found is None or found[0]["object"] != kind:
            return None
        return Desk(self.world, found[1], found[2]), found[0]

    def _page(
        self,
        request: Request,
        session: Json,
        *,
        said: str = "",
        mistake: Mistake | None = None,
        form: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        if session["status"] == "complete":
            return _see(success_url(session))
        name, status = ("expired.html", 410) if session["status"] == "expired" else ("pay.html", status)
        body = render(name, language(request, session), session=session, said=said, mistake=mistake, form=form or {})
        return HTMLResponse(body, status)


def success_url(session: Json) -> str:
    """Where the buyer goes after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _see(url: str) -> Response:
    return RedirectResponse(url, 303)


def _gone(request: Request) -> Response:
    return HTMLResponse(render("gone.html", language(request, None)), 404)

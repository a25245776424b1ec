"""What the buyer does on the hosted page: pays, proves who they are, gives up."""

from __future__ import annotations

from marketry_gateways.stripe.charging import confirm, fail_challenge, settle_debit
from marketry_gateways.stripe.customers import new_customer
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.intents import new_intent
from marketry_gateways.stripe.methods import attach_to
from marketry_gateways.stripe.sessions import paid_session


def pay(desk: Desk, session: Json, method: Json) -> Json:
    """The buyer presses Pay on an open session. Returns the intent; its status tells what's next."""
    intent = _intent(desk, session)
    if intent["setup_future_usage"] and not method["customer"]:
        method = attach_to(desk, method, session["customer"])
    intent = confirm(desk, intent, method)
    return finish(desk, intent)


def _intent(desk: Desk, session: Json) -> Json:
    if session["payment_intent"]:
        return desk.get("payment_intent", session["payment_intent"])
    wishes = dict(session["_intent_data"])
    if not session["customer"] and (wishes.get("setup_future_usage") or session["customer_creation"] == "always"):
        details = session["customer_details"] or {}
        session["customer"] = new_customer(desk, {"email": details.get("email"), "name": details.get("name")})["id"]
    wishes |= {"customer": session["customer"], "payment_method_types": session["payment_method_types"]}
    wishes |= {"_session": session["id"], "return_url": f"{desk.world.url}/c/pay/{session['id']}"}
    intent = new_intent(desk, session["amount_total"], session["currency"], wishes)
    desk.put(session | {"payment_intent": intent["id"]})
    return intent


def finish(desk: Desk, intent: Json) -> Json:
    """Complete the session once its intent went through, is held, or is under way."""
    session = paid_session(desk, intent)
    if session and session["status"] == "open" and intent["status"] in ("succeeded", "requires_capture", "processing"):
        session |= {"status": "complete", "url": None, "_due": None}
        desk.emit("checkout.session.completed", desk.put(session))
    return intent


def answer_challenge(desk: Desk, intent: Json, *, success: bool) -> Json:
    """The buyer's bank answers a 3-D Secure challenge."""
    if not success:
        fail_challenge(desk, intent)
        return intent
    method = desk.get("payment_method", intent["payment_method"])
    return finish(desk, confirm(desk, intent, method, authenticated=True))


def settle(desk: Desk, intent: Json, *, success: bool | None = None) -> Json:
    """A debit under way comes to its end."""
    intent = settle_debit(desk, intent, success=success)
    session = paid_session(desk, intent)
    if session:
        went = "succeeded" if intent["status"] == "succeeded" else "failed"
        desk.emit(f"checkout.session.async_payment_{went}", session)
    return intent

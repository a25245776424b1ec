"""What time does by itself: sessions expire, debits and refunds settle, holds are released, cardholders object."""

from __future__ import annotations

from collections.abc import Callable

from marketry_gateways.stripe.desk import Desk, World
from marketry_gateways.stripe.disputes import disputed_as, open_dispute
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.intents import release
from marketry_gateways.stripe.paying import settle
from marketry_gateways.stripe.refunds import end_refund
from marketry_gateways.stripe.sessions import close


def pass_time(world: World) -> None:
    """Bring everything up to the clock."""
    with world.book.transaction():
        for body, account, livemode in world.book.due(world.clock.now()):
            _ACTS[body["object"]](Desk(world, account, livemode), body)


def _intent(desk: Desk, intent: Json) -> None:
    if intent["status"] == "processing":
        settle(desk, intent)
    else:
        release(desk, intent, "automatic")


def _charge(desk: Desk, charge: Json) -> None:
    card, charge["_due"] = disputed_as(desk, charge), None
    desk.put(charge)
    if card and card.dispute:
        open_dispute(desk, charge, card.dispute, inquiry=card.inquiry)


_ACTS: dict[str, Callable[[Desk, Json], object]] = {
    "checkout.session": close,
    "payment_intent": _intent,
    "charge": _charge,
    "refund": end_refund,
}

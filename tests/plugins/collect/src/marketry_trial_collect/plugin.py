"""Click and collect: ticked lines form a delivery group that nobody delivers, and the buyer picks a time."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select, update

from marketry import Context, Plugin, Problem, Refused, hookimpl
from marketry.commerce.cart import Cart, CartLine, GroupId
from marketry.commerce.checkout import Draft, Hold, Input, Scope, Step
from marketry.commerce.fulfilment import FulfilmentOrder, ParcelPlan
from marketry.commerce.quote import DeliveryGroup, Quote
from marketry.web.values import Asset

plugin = Plugin(id="collect", title="Click and collect", models="marketry_trial_collect.models")


class PickUp(BaseModel):
    """On a line: whether it is fetched rather than sent."""

    model_config = ConfigDict(strict=True, extra="forbid")
    here: bool


class Visit(BaseModel):
    """On the cart: where and when."""

    model_config = ConfigDict(strict=True, extra="forbid")
    store: Annotated[str, StringConstraints(max_length=40)]
    time: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]


def _fetched(line: CartLine) -> bool:
    return bool(line.data.get("collect", {}).get("pick_up", {}).get("here"))


def _can_be_fetched(cart: Cart, line: CartLine | None) -> bool:
    return line is not None and line.item.shippable


def _asks_for_a_time(cart: Cart, line: CartLine | None) -> bool:
    return any(map(_fetched, cart.lines))


@hookimpl
def checkout_inputs() -> Sequence[Input]:
    return (
        Input("pick_up", Scope.LINE, PickUp, "Pick up in the shop", applies=_can_be_fetched),
        Input("visit", Scope.CART, Visit, "Shop and time", Step.DELIVERY, applies=_asks_for_a_time, required=True),
    )


@hookimpl
def delivery_groups(ctx: Context, quote: Quote) -> Sequence[DeliveryGroup] | None:
    fetched = tuple(q.id for q in quote.lines if q.line.item.shippable and _fetched(q.line))
    sent = tuple(q.id for q in quote.lines if q.line.item.shippable and not _fetched(q.line))
    if not fetched:
        return None
    pick_up = DeliveryGroup(GroupId("pick-up"), fetched, label=ctx.gettext("Pick up in the shop"), shippable=False)
    return (pick_up, DeliveryGroup(GroupId("main"), sent)) if sent else (pick_up,)


@hookimpl
def validate_checkout(ctx: Context, quote: Quote) -> Sequence[Problem]:
    from marketry_trial_collect.models import Slot

    visit = quote.cart.data.get("collect", {}).get("visit")
    if not visit or not _asks_for_a_time(quote.cart, None):
        return ()
    free = select(Slot.places).where(Slot.store == visit["store"], Slot.time == visit["time"])  # type: ignore[call-overload]
    return () if ctx.session.execute(free).scalar() else (_full(ctx),)


@hookimpl
def order_committing(ctx: Context, draft: Draft) -> Sequence[Hold]:
    from marketry_trial_collect.models import Slot

    if _asks_for_a_time(draft.cart, None):
        visit = draft.cart.data["collect"]["visit"]
        slot = (Slot.store == visit["store"], Slot.time == visit["time"], Slot.places > 0)
        if ctx.session.execute(update(Slot).where(*slot).values(places=Slot.places - 1)).rowcount != 1:  # type: ignore[arg-type,attr-defined]
            raise Refused(_full(ctx))
    return ()


@hookimpl
def plan_fulfilment(ctx: Context, order: FulfilmentOrder) -> Sequence[ParcelPlan] | None:
    """What is fetched lies ready in the shop that was chosen, apart from what is sent."""
    here = {line for line, data in order.line_data.items() if data.get("collect", {}).get("pick_up", {}).get("here")}
    fetched = tuple((line, n) for line, _, n in order.open_lines if line in here)
    sent = tuple((line, n) for line, _, n in order.open_lines if line not in here)
    if not fetched:
        return None
    shop = str(order.data["collect"]["visit"]["store"])
    return [ParcelPlan(shop, fetched), *([ParcelPlan("", sent)] if sent else [])]


@hookimpl
def assets(area: str) -> Sequence[Asset]:
    return (Asset("collect/visit.css"),) if area == "shop" else ()


def _full(ctx: Context) -> Problem:
    message = ctx.gettext("Nobody can come at that time any more. Please choose another one.")
    return Problem("slot_full", message, "inputs/collect/visit", status=409)

"""The forms on an order's page. Each works without JavaScript: done, it leads back to the page and says so; refused, the page
comes again with what was typed."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Response
from pydantic import BaseModel, ValidationError

from marketry import Context, Refused
from marketry.problems import invalid
from marketry.web import Ctx, Form, FormValues, Router, permission, redirect
from marketry.web.extras import extra_values
from marketry.web.invalid import problems_of
from marketry_orders import staff_actions as staff
from marketry_orders import staff_requests as asked
from marketry_orders.amounts import typed_amount
from marketry_orders.dossier import order_numbered
from marketry_orders.models import Operation
from marketry_orders.routes.admin_page import ENTITY, order_page

router = Router(private=True, prefix="/orders/{number}")
R = TypeVar("R", bound=BaseModel)
NOT_DEEDS = ("order_not_found", "unknown_order", "forbidden", "not_found", "reauthentication_required")


@router.post("/receive")
@permission(staff.PAYMENT)
def receive(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        amount, excess = _needed(ctx, _amount(ctx, number, form)), bool(form.get("excess"))
        names = ("payment", "reference", "key")
        request = _request(ctx, asked.Receive, form, amount=amount, excess=excess, names=names)
        staff.receive(ctx, number, request)
        return ctx.gettext("The payment is in the books.")

    return _do(ctx, number, "receive", form, work)


@router.post("/capture")
@permission(staff.PAYMENT)
def capture(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        request = _request(ctx, asked.Capture, form, amount=_amount(ctx, number, form), names=("payment", "key"))
        return _told(ctx, staff.capture(ctx, number, request))

    return _do(ctx, number, "capture", form, work)


@router.post("/void")
@permission(staff.PAYMENT)
def void(ctx: Ctx, number: str, form: Form) -> Response:
    return _do(
        ctx,
        number,
        "void",
        form,
        lambda: _told(ctx, staff.void(ctx, number, _request(ctx, asked.Void, form, names=("payment", "reason", "key")))),
    )


@router.post("/accept")
@permission(staff.PAYMENT)
def accept(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        staff.accept(ctx, number, _request(ctx, asked.Accept, form, names=("payment", "reason")))
        return ctx.gettext("The payment counts now.")

    return _do(ctx, number, "accept", form, work)


@router.post("/refund")
@permission(staff.REFUND)
def refund(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        amount, by = _amount(ctx, number, form), form.get("payment")
        payments = {by: _needed(ctx, amount)} if by else None
        request = _request(
            ctx, asked.Refund, form, amount=None if payments else amount, payments=payments, names=("reason", "key")
        )
        return _told(ctx, staff.refund(ctx, number, request))

    return _do(ctx, number, "refund", form, work)


@router.post("/cancel")
@permission(staff.ORDER)
def cancel(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        staff.cancel(ctx, number, _request(ctx, asked.Cancel, form, refund=bool(form.get("refund")), names=("reason",)))
        return ctx.gettext("The order is cancelled.")

    return _do(ctx, number, "cancel", form, work)


@router.post("/pack")
@permission(staff.FULFILMENT)
def pack(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        staff.pack_parcel(ctx, number, _request(ctx, asked.Pack, form, lines=_lines(ctx, form), names=("location", "key")))
        return ctx.gettext("The parcel is packed.")

    return _do(ctx, number, "pack", form, work)


@router.post("/ship")
@permission(staff.FULFILMENT)
def ship(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        staff.ship(ctx, number, _request(ctx, asked.Ship, form, names=("parcel", "carrier", "tracking")))
        return ctx.gettext("The parcel is on its way; the buyer is told by mail.")

    return _do(ctx, number, "ship", form, work)


@router.post("/deliver")
@permission(staff.FULFILMENT)
def deliver(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        staff.deliver(ctx, number, _request(ctx, asked.OneParcel, form, names=("parcel",)))
        return ctx.gettext("The parcel has arrived.")

    return _do(ctx, number, "deliver", form, work)


@router.post("/unpack")
@permission(staff.FULFILMENT)
def unpack(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        staff.unpack_parcel(ctx, number, _request(ctx, asked.OneParcel, form, names=("parcel",)))
        return ctx.gettext("The parcel is taken apart.")

    return _do(ctx, number, "unpack", form, work)


@router.post("/return")
@permission(staff.FULFILMENT)
def take_back(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        request = _request(
            ctx,
            asked.TakeBack,
            form,
            lines=_lines(ctx, form),
            restock=bool(form.get("restock")),
            names=("location", "reason", "key"),
        )
        staff.take_back(ctx, number, request)
        return ctx.gettext("The goods are back.")

    return _do(ctx, number, "return", form, work)


@router.post("/hold")
@permission(staff.ORDER)
def hold(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        staff.hold(ctx, number, _request(ctx, asked.PlaceHold, form, blocks=form.all("blocks"), names=("label",)))
        return ctx.gettext("The order is on hold.")

    return _do(ctx, number, "hold", form, work)


@router.post("/lift")
@permission(staff.ORDER)
def lift(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        text = form.get("hold")
        hold_id = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        staff.lift(ctx, number, _request(ctx, asked.LiftHold, form, hold=hold_id))
        return ctx.gettext("The hold is lifted.")

    return _do(ctx, number, "lift", form, work)


@router.post("/note")
@permission(staff.ORDER)
def note(ctx: Ctx, number: str, form: Form) -> Response:
    def work() -> str:
        staff.note(ctx, number, _request(ctx, asked.Note, form, public=bool(form.get("public")), names=("text", "key")))
        return ctx.gettext("The note is written.")

    return _do(ctx, number, "note", form, work)


@router.post("/extra/{plugin}")
@permission(staff.ORDER)
def extra(ctx: Ctx, number: str, plugin: str, form: Form) -> Response:
    """The fields that a plugin adds to orders."""

    def work() -> str:
        staff.extend(ctx, number, plugin, extra_values(ctx, ENTITY, plugin, form))
        return ctx.gettext("Saved.")

    return _do(ctx, number, "extra", form, work)


def _do(ctx: Context, number: str, at: str, form: FormValues, work: Callable[[], str]) -> Response:
    """Do it and go back to the page; a refusal is shown at the form, with what was typed."""
    try:
        message = work()
    except Refused as refused:
        if refused.problems[0].code in NOT_DEEDS:
            raise
        return order_page(ctx, number, at=at, problems=refused.problems, sent=form.values)
    return redirect(ctx, f"/admin/orders/{number}", message)


def _request(ctx: Context, schema: type[R], form: FormValues, *, names: tuple[str, ...] = (), **values: Any) -> R:
    """`schema` of the named fields and of `values` that were read already."""
    sent = {name: form.get(name) for name in names if name in form.values}
    try:
        return schema.model_validate({**sent, **values})
    except ValidationError as error:
        raise Refused(*problems_of(ctx, error.errors(include_url=False))) from None


def _amount(ctx: Context, number: str, form: FormValues) -> int | None:
    with ctx.reading():
        currency = order_numbered(ctx, number).currency
    return typed_amount(ctx, form.get("amount"), currency)


def _needed(ctx: Context, amount: int | None) -> int:
    if amount is None:
        raise invalid("required", ctx.gettext("Enter an amount above zero."), "amount")
    return amount


def _lines(ctx: Context, form: FormValues) -> dict[str, int]:
    """`units:<line>` fields as {line: units}; empty ones count as zero."""
    lines = {}
    for name, text in form.values.items():
        if name.startswith("units:") and text.strip():
            if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) <= 5):
                raise invalid("bad_quantity", ctx.gettext("Write a whole number."), name)
            lines[name.removeprefix("units:")] = int(text)
    return lines


def _told(ctx: Context, operations: list[Operation]) -> str:
    """What became of what was asked of providers."""
    states = {operation.state for operation in operations}
    if "failed" in states:
        problems = "; ".join(operation.problem for operation in operations if operation.state == "failed" and operation.problem)
        return ctx.gettext("The provider refused. %(problems)s", problems=problems)
    if states & {"requested", "sent"}:
        return ctx.gettext("Asked for. The provider has not answered yet; it is asked again by itself.")
    return ctx.gettext("Done.")

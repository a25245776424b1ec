"""Orders over JSON for staff and their programs: the list, one order, and every deed of the back office.

Bearer tokens carry permissions. Amounts are minor units. A request with the same `key` counts once.
"""

from typing import Annotated, Any

from fastapi import Header, Query, Request
from starlette.responses import JSONResponse

from marketry.web import Ctx, Router, permission
from marketry_orders import staff_actions as staff
from marketry_orders import staff_requests as asked
from marketry_orders.dossier import dossier_of
from marketry_orders.dossier_json import dossier_json, operations_json, row_json
from marketry_orders.order_filters import filter_from
from marketry_orders.order_lists import list_orders

router = Router(prefix="/admin/orders", tags=["staff: orders"])
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=255)]
Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("")
@permission("orders.order.read")
def orders(ctx: Ctx, request: Request, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Newest first. Filters: `q`, `status`, `payment`, `fulfilment` (each several, or with commas), `since`, `until`."""
    wanted = filter_from(ctx, [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"])
    with ctx.reading():
        page = list_orders(ctx, wanted, cursor, limit)
    return {
        "items": [row_json(row) for row in page.items],
        "next_cursor": page.next_cursor,
        "previous_cursor": page.previous_cursor,
        "count": page.count,
        "count_capped": page.capped,
    }


@router.get("/{number}")
@permission("orders.order.read")
def order(ctx: Ctx, number: str) -> dict[str, Any]:
    with ctx.reading():
        return dossier_json(ctx, dossier_of(ctx, number))


@router.post("/{number}/receive")
@permission("orders.payment.write")
def receive(ctx: Ctx, number: str, body: asked.Receive, key: IdempotencyKey = "") -> JSONResponse:
    return _answer(ctx, number, [staff.receive(ctx, number, _keyed(body, key))])


@router.post("/{number}/capture")
@permission("orders.payment.write")
def capture(ctx: Ctx, number: str, body: asked.Capture, key: IdempotencyKey = "") -> JSONResponse:
    return _answer(ctx, number, staff.capture(ctx, number, _keyed(body, key)))


@router.post("/{number}/void")
@permission("orders.payment.write")
def void(ctx: Ctx, number: str, body: asked.Void, key: IdempotencyKey = "") -> JSONResponse:
    return _answer(ctx, number, staff.void(ctx, number, _keyed(body, key)))


@router.post("/{number}/accept")
@permission("orders.payment.write")
def accept(ctx: Ctx, number: str, body: asked.Accept) -> JSONResponse:
    return _answer(ctx, number, staff.accept(ctx, number, body))


@router.post("/{number}/refund")
@permission("orders.refund.write")
def refund(ctx: Ctx, number: str, body: asked.Refund, key: IdempotencyKey = "") -> JSONResponse:
    return _answer(ctx, number, staff.refund(ctx, number, _keyed(body, key)))


@router.post("/{number}/cancel")
@permission("orders.order.write")
def cancel(ctx: Ctx, number: str, body: asked.Cancel) -> JSONResponse:
    return _answer(ctx, number, staff.cancel(ctx, number, body))


@router.post("/{number}/pack")
@permission("orders.fulfilment.write")
def pack(ctx: Ctx, number: str, body: asked.Pack, key: IdempotencyKey = "") -> JSONResponse:
    parcel = staff.pack_parcel(ctx, number, _keyed(body, key))
    return _answer(ctx, number, [], parcel=parcel.id)


@router.post("/{number}/ship")
@permission("orders.fulfilment.write")
def ship(ctx: Ctx, number: str, body: asked.Ship) -> JSONResponse:
    return _answer(ctx, number, staff.ship(ctx, number, body))


@router.post("/{number}/deliver")
@permission("orders.fulfilment.write")
def deliver(ctx: Ctx, number: str, body: asked.OneParcel) -> JSONResponse:
    staff.deliver(ctx, number, body)
    return _answer(ctx, number, [])


@router.post("/{number}/unpack")
@permission("orders.fulfilment.write")
def unpack(ctx: Ctx, number: str, body: asked.OneParcel) -> JSONResponse:
    staff.unpack_parcel(ctx, number, body)
    return _answer(ctx, number, [])


@router.post("/{number}/return")
@permission("orders.fulfilment.write")
def take_back(ctx: Ctx, number: str, body: asked.TakeBack, key: IdempotencyKey = "") -> JSONResponse:
    received = staff.take_back(ctx, number, _keyed(body, key))
    return _answer(ctx, number, [], returned=received.id)


@router.post("/{number}/holds")
@permission("orders.order.write")
def hold(ctx: Ctx, number: str, body: asked.PlaceHold) -> JSONResponse:
    staff.hold(ctx, number, body)
    return _answer(ctx, number, [])


@router.post("/{number}/lift")
@permission("orders.order.write")
def lift(ctx: Ctx, number: str, body: asked.LiftHold) -> JSONResponse:
    return _answer(ctx, number, staff.lift(ctx, number, body))


@router.post("/{number}/notes")
@permission("orders.order.write")
def note(ctx: Ctx, number: str, body: asked.Note) -> JSONResponse:
    staff.note(ctx, number, body)
    return _answer(ctx, number, [])


def _keyed(body: Any, key: str) -> Any:
    """The header's key, which wins over the body's."""
    return body.model_copy(update={"key": key}) if key else body


def _answer(ctx: Ctx, number: str, operations: list[Any], **more: object) -> JSONResponse:
    """The order as it stands now, and what was asked of providers: 202 while an answer is awaited."""
    with ctx.reading():
        shown = dossier_json(ctx, dossier_of(ctx, number))
    waiting = any(operation.state in ("requested", "sent") for operation in operations)
    return JSONResponse({"order": shown, "operations": operations_json(operations), **more}, 202 if waiting else 200)

"""The back office's pages of orders: the list, one order with everything that explains it, packing slips."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from marketry import Context
from marketry.hookspecs.admin import admin_lists
from marketry.problems import Problem, Refused, invalid
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry.web.values import BulkAction, Column
from marketry_orders.dossier import dossier_of
from marketry_orders.order_filters import OrderFilter, filter_from
from marketry_orders.order_lists import list_orders
from marketry_orders.order_words import choices, wording
from marketry_orders.routes.admin_page import order_page

router = Router(private=True)
LIST = "orders.orders"
MOST_TICKED = 200


@router.get("/orders")
@permission("orders.order.read")
def orders(ctx: Ctx, request: Request, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """The list; its filters stand in the address, so a view can be kept as a bookmark."""
    problems: tuple[Problem, ...] = ()
    try:
        wanted = filter_from(ctx, request.query_params.multi_items())
    except Refused as refused:
        wanted, problems, cursor = OrderFilter(), refused.problems, None
    with ctx.reading():
        page = list_orders(ctx, wanted, cursor)
        columns = [part for part in _parts(ctx) if isinstance(part, Column)]
        numbers = [row.number for row in page.items]
        cells = {column.key: column.values(ctx, numbers) for column in columns} if numbers else {}
    actions = _actions(ctx)
    return render(
        ctx,
        "orders/admin/list.html",
        fragment="list",
        status=422 if problems else 200,
        page=page,
        wanted=wanted,
        problems=problems,
        columns=columns,
        cells=cells,
        actions=actions,
        action_choices=[(action.key, action.label) for action in actions],
        words=wording(ctx),
        choices={axis: choices(ctx, axis) for axis in ("status", "payment", "fulfilment")},
        here=f"/admin/orders?{wanted.query}" if wanted.active else "/admin/orders",
    )


@router.post("/orders/bulk")
@permission("orders.order.read")
def bulk(ctx: Ctx, form: Form) -> Response:
    """Do what was chosen to the ticked rows; every action names its own permission."""
    numbers = form.all("number")[:MOST_TICKED]
    action = next((a for a in _actions(ctx) if a.key == form.get("action")), None)
    if action is None:
        raise invalid("unknown_action", ctx.gettext("Choose what to do with the ticked orders."), "action")
    if not numbers:
        raise invalid("nothing_ticked", ctx.gettext("Tick at least one order."), "number")
    ctx.demand(action.permission)
    return redirect(ctx, "/admin/orders", action.run(ctx, numbers))


@router.get("/orders/slips")
@permission("orders.order.read")
def slips(ctx: Ctx, number: Annotated[list[str], Query(min_length=1, max_length=MOST_TICKED)]) -> Response:
    """Packing slips of several orders, a page each."""
    with ctx.reading():
        dossiers = [dossier_of(ctx, one) for one in number]
    return _slips(ctx, dossiers)


@router.get("/orders/{number}")
@permission("orders.order.read")
def order(ctx: Ctx, number: str) -> Response:
    return order_page(ctx, number)


@router.get("/orders/{number}/slip")
@permission("orders.order.read")
def slip(ctx: Ctx, number: str) -> Response:
    """What goes into the parcel: goods and quantities, no prices."""
    with ctx.reading():
        dossiers = [dossier_of(ctx, number)]
    return _slips(ctx, dossiers)


def _slips(ctx: Context, dossiers: list[Any]) -> Response:
    return render(ctx, "orders/admin/slip.html", dossiers=dossiers)


def _parts(ctx: Context) -> list[Any]:
    return [part for answer in ctx.hooks.each(admin_lists, ctx, LIST) for part in answer.value]


def _actions(ctx: Context) -> list[BulkAction]:
    return [part for part in _parts(ctx) if isinstance(part, BulkAction) and ctx.allows(part.permission)]

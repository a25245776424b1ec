"""Events and jobs: what waits, what came to a stop, what is done."""

import json
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Query, Response

from marketry.context import Context
from marketry.jobs.tables import DONE, PARKED, WAITING, OutboxRow
from marketry.web import Ctx, Router, permission, redirect, render
from marketry_backoffice import outbox

router = Router(private=True)
READ, WRITE = "backoffice.outbox.read", "backoffice.outbox.write"
Filter = Annotated[str, Query(max_length=200)]


@router.get("/outbox")
@permission(READ)
def work(
    ctx: Ctx, state: Literal["waiting", "parked", "done"] = "waiting",
    kind: Literal["", "subscriber", "job", "schedule"] = "", handler: Filter = "", subject: Filter = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:  # fmt: skip
    filters = outbox.Filters(state, kind, handler.strip(), subject.strip())
    with ctx.reading():
        page = outbox.work(ctx, filters, cursor)
    query = urlencode({"state": state, "kind": kind, "handler": filters.handler, "subject": filters.subject})
    return render(
        ctx, "backoffice/outbox.html", page=page, filters=filters, here=f"/admin/outbox?{query}", now=ctx.now(),
        handlers=[(name, name) for name in sorted(ctx.runtime.outbox.handlers)],
    )  # fmt: skip


@router.get("/outbox/{row:int}")
@permission(READ)
def one(ctx: Ctx, row: int) -> Response:
    with ctx.reading():
        found = outbox.find_row(ctx, row)
        return _page(ctx, found)


@router.post("/outbox/{row:int}/run")
@permission(WRITE)
def run_again(ctx: Ctx, row: int) -> Response:
    with ctx.writing():
        outbox.run_again(ctx, row)
    return redirect(ctx, f"/admin/outbox/{row}", ctx.gettext("It runs again in a moment."))


@router.get("/outbox/{row:int}/park")
@permission(WRITE)
def confirm_park(ctx: Ctx, row: int) -> Response:
    return _confirm(ctx, row, "park")


@router.post("/outbox/{row:int}/park")
@permission(WRITE)
def park(ctx: Ctx, row: int) -> Response:
    with ctx.writing():
        outbox.park(ctx, row)
    return redirect(ctx, f"/admin/outbox/{row}", ctx.gettext("It is parked."))


@router.get("/outbox/{row:int}/discard")
@permission(WRITE)
def confirm_discard(ctx: Ctx, row: int) -> Response:
    return _confirm(ctx, row, "discard")


@router.post("/outbox/{row:int}/discard")
@permission(WRITE)
def discard(ctx: Ctx, row: int) -> Response:
    with ctx.writing():
        outbox.discard(ctx, row)
    return redirect(ctx, f"/admin/outbox?state={PARKED}", ctx.gettext("It is discarded."))


def _confirm(ctx: Context, row: int, deed: str) -> Response:
    with ctx.reading():
        found = outbox.find_row(ctx, row)
        return render(ctx, "backoffice/outbox_confirm.html", row=found, deed=deed)


def _page(ctx: Context, row: OutboxRow) -> Response:
    held = row.lease_until is not None and row.lease_until >= ctx.now()
    return render(
        ctx, "backoffice/outbox_row.html", row=row, payload=json.dumps(row.payload, indent=2, ensure_ascii=False),
        known=row.handler in ctx.runtime.outbox.handlers, held=held, may_write=ctx.allows(WRITE),
        may_run=not held and row.state != DONE, may_park=not held and row.state == WAITING,
    )  # fmt: skip

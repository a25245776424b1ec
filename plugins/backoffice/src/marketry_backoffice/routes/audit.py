"""Who did what."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Response

from marketry.web import Ctx, Router, permission, render
from marketry_backoffice import trail

router = Router(private=True)
Filter = Annotated[str, Query(max_length=160)]


@router.get("/audit")
@permission("backoffice.audit.read")
def entries(
    ctx: Ctx, actor: Filter = "", action: Filter = "", subject: Filter = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:  # fmt: skip
    filters = trail.Filters(actor.strip(), action.strip(), subject.strip())
    with ctx.reading():
        page = trail.entries(ctx, filters, cursor)
    query = urlencode({"actor": filters.actor, "action": filters.action, "subject": filters.subject})
    return render(ctx, "backoffice/audit.html", page=page, filters=filters, here=f"/admin/audit?{query}")

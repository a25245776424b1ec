"""The back office's page of those who want news, and the file for the program that writes to them."""

from fastapi import Response

from marketry.audit import audit
from marketry.web import Ctx, Router, permission, render
from marketry_users.customer_lists import path_id
from marketry_users.recipients import as_csv, latest_recipients

router = Router(private=True)
READ = "users.customer.read"


@router.get("/newsletter")
@permission(READ)
def recipients(ctx: Ctx) -> Response:
    with ctx.reading():
        rows, count, capped = latest_recipients(ctx)
    return render(ctx, "users/admin/newsletter.html", rows=rows, count=count, capped=capped, path_id=path_id)


@router.post("/newsletter/recipients.csv")
@permission(READ)
def recipients_file(ctx: Ctx) -> Response:
    """A form and not a link, since who takes thousands of addresses along is noted. Reading and signing them all takes seconds,
    in which nobody else is kept from writing."""
    with ctx.reading():
        text = "".join(as_csv(ctx))
    with ctx.writing():
        audit(ctx, "users.newsletter.exported", "newsletter", recipients=text.count("\n") - 1)
    headers = {"Content-Disposition": 'attachment; filename="recipients.csv"'}
    return Response(text.encode("utf-8-sig"), 200, headers, media_type="text/csv; charset=utf-8")

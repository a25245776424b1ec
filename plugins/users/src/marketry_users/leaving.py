"""A customer's rights over their data: taking it along, and leaving."""

from typing import Any

from starlette.responses import Response

from marketry import Context
from marketry.privacy import erase_person, export_person
from marketry.web import end_session, hint
from marketry_users.arriving import ISLAND
from marketry_users.customers import own


def own_data(ctx: Context) -> dict[str, Any]:
    """All that the site holds of the customer who acts, by plugin."""
    with ctx.reading():
        return export_person(ctx, own(ctx).email)


def leave(ctx: Context, response: Response) -> None:
    """Erase the customer who acts, here and in every plugin, and sign this browser out. Orders stay, without names."""
    with ctx.writing():
        email = own(ctx).email
        end_session(ctx, response, "customer")
        erase_person(ctx, email)
    hint(ctx, response, ISLAND, present=False)

"""What a browser has seen lately, drawn for its script. The address names the products, so the answer is anybody's."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from marketry.problems import not_found
from marketry.web import Ctx, Router, public, render
from marketry_catalog.api import cards_by_handles
from marketry_discovery.settings import DiscoverySettings

router = Router()
MOST = 12


@router.get("/recently-seen")
@public
def recently_seen(ctx: Ctx, product: Annotated[list[str], Query(max_length=MOST)] = []) -> Response:  # noqa: B006 - FastAPI copies defaults
    """Cards of those named that are still shown, in the order given; the script inserts them."""
    settings = ctx.settings(DiscoverySettings)
    if not settings.seen:
        raise not_found(ctx.gettext("There is nothing at this address."))
    with ctx.reading():
        found = cards_by_handles(ctx, list(dict.fromkeys(product)))[: settings.seen_count]
        return render(ctx, "discovery/seen.html", products=found)

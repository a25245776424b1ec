"""What hearts on public pages send. Those pages hold no token; the kernel's origin check guards the forms."""

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from marketry.web import Ctx, Form, Router, public, redirect, render
from marketry.web.htmx import wants_fragment
from marketry_wishlist.lists import open_list, own_list, remember, touch
from marketry_wishlist.models import List
from marketry_wishlist.wishing import forget, wish, wished

router = Router()


class HeartForm(BaseModel):
    """`product` is a handle, `sku` the variant that is meant."""

    model_config = ConfigDict(extra="ignore")

    product: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    sku: Annotated[str, StringConstraints(max_length=64)] = ""


@router.post("/wishlist/wishes")
@public
def add(ctx: Ctx, form: Form) -> Response:
    """Save a product; then to the list, or (script) the heart's number anew."""
    sent = form.parse(HeartForm)
    with ctx.writing():
        kept = open_list(ctx)
        touch(ctx, kept)
        wish(ctx, kept, sent.product, sent.sku)
        return _answer(ctx, kept)


@router.post("/wishlist/wishes/remove")
@public
def remove(ctx: Ctx, form: Form) -> Response:
    sent = form.parse(HeartForm)
    with ctx.writing():
        kept = own_list(ctx)
        if kept is not None:
            forget(ctx, kept, sent.product)
        return _answer(ctx, kept)


@router.get("/wishlist/badge")
@public
def badge(ctx: Ctx) -> Response:
    """The number in the header, and which hearts are pressed."""
    with ctx.reading():
        return render(ctx, "wishlist/badge.html", products=wished(ctx, own_list(ctx)))


def _answer(ctx: Ctx, kept: List | None) -> Response:
    """For those without script, the list."""
    partial = wants_fragment(ctx.request)
    response = render(ctx, "wishlist/badge.html", products=wished(ctx, kept)) if partial else redirect(ctx, "/wishlist")
    if kept is not None:
        remember(ctx, response, kept)
    return response

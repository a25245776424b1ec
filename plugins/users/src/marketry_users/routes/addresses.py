"""The address book's pages; their form follows the country."""

from fastapi import Response

from marketry import Context
from marketry.postal import address_form, asks_to_redraw, read_address
from marketry.problems import Problem, Refused
from marketry.web import Ctx, Form, Router, customers_only, redirect
from marketry_users.address_book import (
    FIELDS,
    USES,
    add_address,
    change_address,
    delete_address,
    find_address,
    make_default,
    saved_addresses,
)
from marketry_users.routes.answers import page

router = Router(private=True)
HERE = "/account/addresses"
LABEL = 60  # characters


@router.get("/account/addresses")
@customers_only
def addresses(ctx: Ctx) -> Response:
    with ctx.reading():
        return page(ctx, "users/addresses.html", addresses=saved_addresses(ctx, ctx.actor.id))


@router.get("/account/addresses/new")
@customers_only
def new(ctx: Ctx) -> Response:
    return _form(ctx, f"{HERE}/new", {"country": ctx.country or "", "name": ctx.actor.name if "@" not in ctx.actor.name else ""})


@router.post("/account/addresses/new")
@customers_only
def add(ctx: Ctx, form: Form) -> Response:
    if asks_to_redraw(form, ""):
        return _form(ctx, f"{HERE}/new", form.values)
    try:
        address, label = read_address(ctx, form), _label(ctx, form)
        with ctx.writing():
            add_address(ctx, ctx.actor.id, address, label, _uses(form))
    except Refused as refused:
        return _form(ctx, f"{HERE}/new", form.values, refused)
    return redirect(ctx, HERE, ctx.gettext("The address is saved."))


@router.get("/account/addresses/{address}")
@customers_only
def edit(ctx: Ctx, address: str) -> Response:
    with ctx.reading():
        row = find_address(ctx, ctx.actor.id, address)
    ticked = {f"default_{use}": "1" for use in USES if getattr(row, f"default_{use}")}
    values = {name: getattr(row, name) for name in (*FIELDS, "label")}
    return _form(ctx, f"{HERE}/{address}", {**values, **ticked}, saved=address)


@router.post("/account/addresses/{address}")
@customers_only
def change(ctx: Ctx, address: str, form: Form) -> Response:
    if asks_to_redraw(form, ""):
        return _form(ctx, f"{HERE}/{address}", form.values, saved=address)
    try:
        with ctx.writing():
            row = find_address(ctx, ctx.actor.id, address)
            change_address(ctx, row, read_address(ctx, form), _label(ctx, form), _uses(form))
    except Refused as refused:
        if refused.status == 404:
            raise
        return _form(ctx, f"{HERE}/{address}", form.values, refused, saved=address)
    return redirect(ctx, HERE, ctx.gettext("The address is saved."))


@router.post("/account/addresses/{address}/default")
@customers_only
def prefer(ctx: Ctx, address: str, form: Form) -> Response:
    """`use`: shipping or billing."""
    with ctx.writing():
        row = find_address(ctx, ctx.actor.id, address)
        make_default(ctx, row, [use for use in USES if form.get("use") == use])
    return redirect(ctx, HERE, ctx.gettext("Saved."))


@router.post("/account/addresses/{address}/delete")
@customers_only
def delete(ctx: Ctx, address: str) -> Response:
    with ctx.writing():
        delete_address(ctx, find_address(ctx, ctx.actor.id, address))
    return redirect(ctx, HERE, ctx.gettext("The address is deleted."))


def _uses(form: Form) -> list[str]:
    return [use for use in USES if form.get(f"default_{use}")]


def _label(ctx: Context, form: Form) -> str:
    label = " ".join(form.get("label").split())
    if len(label) > LABEL:
        raise Refused(Problem("too_long", ctx.gettext("Use at most %(n)s characters.", n=LABEL), "label"))
    return label


def _form(ctx: Context, action: str, values: dict[str, str], refused: Refused | None = None, saved: str = "") -> Response:
    form = address_form(ctx, values)
    return page(ctx, "users/address.html", refused, form=form, values=values, action=action, saved=saved)

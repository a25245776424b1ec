"""The address book over JSON."""

from fastapi import Response
from starlette.responses import JSONResponse

from marketry import Context
from marketry.commerce.addresses import Address
from marketry.postal import AddressInput, check_address
from marketry.web import Ctx, Router, customers_only
from marketry_users.address_book import (
    USES,
    add_address,
    as_saved,
    change_address,
    delete_address,
    find_address,
    saved_addresses,
)
from marketry_users.customer_json import address_json
from marketry_users.inputs import AddressIn

router = Router(tags=["customer"])


@router.get("/customer/addresses")
@customers_only
def addresses(ctx: Ctx) -> JSONResponse:
    """Default addresses first. At most fifty, so one page holds all."""
    with ctx.reading():
        items = [address_json(one) for one in saved_addresses(ctx, ctx.actor.id)]
    return JSONResponse({"items": items, "next_cursor": None})


@router.post("/customer/addresses", status_code=201)
@customers_only
def add(ctx: Ctx, typed: AddressIn) -> JSONResponse:
    address = _checked(ctx, typed)
    with ctx.writing():
        row = add_address(ctx, ctx.actor.id, address, typed.label, _uses(typed))
        return JSONResponse(address_json(as_saved(row)), 201)


@router.put("/customer/addresses/{address}")
@customers_only
def change(ctx: Ctx, address: str, typed: AddressIn) -> JSONResponse:
    """Replace an address; a default that is true takes that place from another one."""
    with ctx.writing():
        row = find_address(ctx, ctx.actor.id, address)
        change_address(ctx, row, _checked(ctx, typed), typed.label, _uses(typed))
        return JSONResponse(address_json(as_saved(row)))


@router.delete("/customer/addresses/{address}", status_code=204)
@customers_only
def delete(ctx: Ctx, address: str) -> Response:
    with ctx.writing():
        delete_address(ctx, find_address(ctx, ctx.actor.id, address))
    return Response(status_code=204)


def _checked(ctx: Context, typed: AddressIn) -> Address:
    plain = typed.model_dump(include=set(AddressInput.model_fields))
    return check_address(ctx, AddressInput(**plain))


def _uses(typed: AddressIn) -> list[str]:
    return [use for use in USES if getattr(typed, f"default_{use}")]

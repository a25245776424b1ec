"""Carts over JSON: `/api/v1/carts…`. The cart's token travels in `X-Cart-Token`."""

from typing import Annotated, Any

from fastapi import Body, Header
from starlette.responses import JSONResponse

from marketry.postal import AddressInput, check_address, country_names
from marketry.problems import invalid
from marketry.web import Ctx, Router, public
from marketry_orders.addresses import served_countries
from marketry_orders.cart_inputs import (
    CouponInput,
    EmailInput,
    LineChange,
    NewCart,
    NewLine,
    PaymentChoice,
    PaymentChoices,
    PaymentMethod,
    ShippingChoice,
)
from marketry_orders.cart_json import cart_json, rate_json
from marketry_orders.cart_lines import adding, changing, removing
from marketry_orders.cart_owners import CartKey
from marketry_orders.carts import Edit, change_cart, find_cart, limit_opening, open_cart, set_values, show_cart
from marketry_orders.choosing import apply_coupon, choose_delivery, choose_payments, fill_input
from marketry_orders.payment_choices import fee_of, offered
from marketry_orders.quoting import in_terms_of, price_cart
from marketry_orders.wallet import choosable, is_vault, may_use

router = Router(prefix="/carts", tags=["carts"])
Token = Annotated[str, Header(alias="X-Cart-Token", description="The secret that came with the cart")]


def changed(ctx: Ctx, cart: str, token: str, edit: Edit, status: int = 200) -> JSONResponse:
    priced = change_cart(ctx, CartKey(cart, token), edit)
    return JSONResponse(cart_json(in_terms_of(ctx, priced.cart), priced), status)


def refuse_unknown_cart(ctx: Ctx, cart: str, token: str) -> None:
    """Before anything else is said about a request: a stranger learns nothing."""
    with ctx.reading():
        find_cart(ctx, CartKey(cart, token))


@router.post("", status_code=201)
@public
def create(ctx: Ctx, wish: NewCart | None = None) -> JSONResponse:
    """Open a cart; its id and token open it from then on."""
    wish = wish or NewCart()
    if wish.currency is not None and wish.currency not in ctx.site.currencies:
        sold = ", ".join(ctx.site.currencies)
        raise invalid("currency_unknown", ctx.gettext("This shop sells in %(currencies)s.", currencies=sold), "currency")
    if wish.country is not None and wish.country not in country_names("en"):
        raise invalid("country_unknown", ctx.gettext("Please choose a country from the list."), "country")
    limit_opening(ctx)
    key = open_cart(ctx, currency=wish.currency, country=wish.country)
    return JSONResponse({"id": key.id, "token": key.token}, 201)


@router.get("/{cart}")
def show(ctx: Ctx, cart: str, x_cart_token: Token = "") -> JSONResponse:
    """The cart with every total explained and all that it still lacks."""
    priced = show_cart(ctx, CartKey(cart, x_cart_token))
    return JSONResponse(cart_json(in_terms_of(ctx, priced.cart), priced))


@router.post("/{cart}/lines", status_code=201)
@public
def add_line(ctx: Ctx, cart: str, line: NewLine, x_cart_token: Token = "") -> JSONResponse:
    """Put something into the cart; the same SKU with the same inputs adds to its line."""
    return changed(ctx, cart, x_cart_token, adding(line.sku, line.quantity, line.inputs), 201)


@router.patch("/{cart}/lines/{line}")
@public
def change_line(ctx: Ctx, cart: str, line: str, change: LineChange, x_cart_token: Token = "") -> JSONResponse:
    """Change a line's quantity or inputs."""
    if not change.model_fields_set:
        raise invalid("required", ctx.gettext("Say what to change: the quantity or the inputs."), "quantity")
    if "quantity" in change.model_fields_set and change.quantity is None:
        raise invalid("int_type", ctx.gettext("Please give a whole number."), "quantity")
    return changed(ctx, cart, x_cart_token, changing(line, change.quantity, change.inputs))


@router.delete("/{cart}/lines/{line}")
@public
def remove_line(ctx: Ctx, cart: str, line: str, x_cart_token: Token = "") -> JSONResponse:
    """Take a line out of the cart."""
    return changed(ctx, cart, x_cart_token, removing(line))


@router.put("/{cart}/email")
@public
def set_email(ctx: Ctx, cart: str, wish: EmailInput, x_cart_token: Token = "") -> JSONResponse:
    """Where the confirmation goes."""
    return changed(ctx, cart, x_cart_token, set_values({"email": wish.email}))


@router.put("/{cart}/shipping-address")
@public
def set_shipping_address(ctx: Ctx, cart: str, address: AddressInput, x_cart_token: Token = "") -> JSONResponse:
    """Where to deliver; ways of delivery and tax depend on it."""
    refuse_unknown_cart(ctx, cart, x_cart_token)
    checked = check_address(ctx, address, countries=served_countries(ctx))
    return changed(ctx, cart, x_cart_token, set_values({"shipping_address": checked.as_dict()}))


@router.put("/{cart}/billing-address")
@public
def set_billing_address(ctx: Ctx, cart: str, address: AddressInput, x_cart_token: Token = "") -> JSONResponse:
    """Whom to bill, where that is another address."""
    refuse_unknown_cart(ctx, cart, x_cart_token)
    return changed(ctx, cart, x_cart_token, set_values({"billing_address": check_address(ctx, address).as_dict()}))


@router.get("/{cart}/shipping-methods")
def shipping_methods(ctx: Ctx, cart: str, x_cart_token: Token = "") -> JSONResponse:
    """What is offered per delivery group; empty where this shop asks for nothing."""
    with ctx.reading():
        stored = find_cart(ctx, CartKey(cart, x_cart_token))
    rates = price_cart(ctx, stored).rates
    return JSONResponse([rate_json(rate) for group in rates.values() for rate in group])


@router.put("/{cart}/shipping-method")
@public
def set_shipping_method(ctx: Ctx, cart: str, choice: ShippingChoice, x_cart_token: Token = "") -> JSONResponse:
    """Choose a method, for one group or for all that offer it."""
    return changed(ctx, cart, x_cart_token, choose_delivery(choice.code, choice.group))


@router.get("/{cart}/payment-methods")
def payment_methods(ctx: Ctx, cart: str, x_cart_token: Token = "") -> JSONResponse:
    """Ways to pay that suit this cart; `price` is a fee for choosing it. `instruments`: what the signed-in customer saved."""
    with ctx.reading():
        stored = find_cart(ctx, CartKey(cart, x_cart_token))
    priced = price_cart(ctx, stored)
    local = in_terms_of(ctx, stored)
    with local.reading():
        suited = offered(local, priced.quote)
        ways = [(provider, fee_of(local, provider, priced.quote)) for provider in suited]
        customer = priced.quote.cart.customer
        saved, keeps = choosable(local, customer, suited), may_use(local, customer)
    return JSONResponse(
        [
            {
                "code": provider.code, "label": provider.label(local), "kind": provider.kind.value,
                "price": {"minor": fee.minor, "currency": fee.currency} if fee else None,
                "can_be_saved": keeps and is_vault(provider),
                "instruments": [
                    {"id": one.id, "label": one.label, "expires": one.expires or None}
                    for one in saved if one.provider == provider.code
                ],
            }
            for provider, fee in ways
        ]
    )  # fmt: skip


@router.put("/{cart}/payment-method")
@public
def set_payment_method(ctx: Ctx, cart: str, method: PaymentMethod, x_cart_token: Token = "") -> JSONResponse:
    """Pay everything one way; a signed-in customer may save what they pay with, or choose what they saved."""
    return changed(ctx, cart, x_cart_token, choose_payments([PaymentChoice(**method.model_dump())], ["code"]))


@router.put("/{cart}/payments")
@public
def set_payments(ctx: Ctx, cart: str, choices: PaymentChoices, x_cart_token: Token = "") -> JSONResponse:
    """Pay several ways: stated amounts first, the last takes the remainder."""
    return changed(ctx, cart, x_cart_token, choose_payments(choices))


@router.put("/{cart}/coupon")
@public
def set_coupon(ctx: Ctx, cart: str, coupon: CouponInput, x_cart_token: Token = "") -> JSONResponse:
    """Add a coupon; null takes all away."""
    return changed(ctx, cart, x_cart_token, apply_coupon(coupon.code))


@router.put("/{cart}/inputs/{plugin}/{key}")
@public
def set_input(
    ctx: Ctx, cart: str, plugin: str, key: str, value: Annotated[Any, Body()], x_cart_token: Token = ""
) -> JSONResponse:
    """Answer what a plugin asks about the cart; null takes the answer away."""
    return changed(ctx, cart, x_cart_token, fill_input(plugin, key, value))

"""What a browser remembers of its visitor: the cart, the orders it may see, and a hint that there is a badge to fetch."""

from starlette.responses import Response

from marketry import Context
from marketry.web.cookies import drop_cookie, read_cookie, set_cookie
from marketry_orders.carts import CartKey
from marketry_orders.settings import OrderSettings

CART = "cart"
ORDERS = "orders"
HINT = "shop_hint"
DAY = 24 * 60 * 60
MOST_ORDERS = 5


def cart_key(ctx: Context) -> CartKey | None:
    """The visitor's cart, as their cookie says; whether it opens anything is for the database to say."""
    name, _, token = (read_cookie(ctx, CART) or "").partition(".")
    return CartKey(name, token) if name and token else None


def keep_cart(ctx: Context, response: Response, key: CartKey) -> None:
    days = ctx.settings(OrderSettings).cart_days
    set_cookie(ctx, response, CART, f"{key.id}.{key.token}", max_age=days * DAY)
    _hint(ctx, response, days, present=True)


def forget_cart(ctx: Context, response: Response) -> None:
    drop_cookie(ctx, response, CART)
    _hint(ctx, response, 1, present=False)


def _hint(ctx: Context, response: Response, days: int, *, present: bool) -> None:
    """Other plugins' hints stay: the cookie holds names joined by dots."""
    before = [name for name in (read_cookie(ctx, HINT) or "").split(".") if name and name != CART]
    names = [*before, CART] if present else before
    set_cookie(ctx, response, HINT, ".".join(names), max_age=days * DAY, readable=True)


def order_tokens(ctx: Context) -> list[str]:
    """The newest last."""
    return [token for token in (read_cookie(ctx, ORDERS) or "").split("~") if token]


def keep_order(ctx: Context, response: Response, token: str) -> None:
    """The last five orders of this browser can be opened without their link."""
    tokens = [*(t for t in order_tokens(ctx) if t != token), token][-MOST_ORDERS:]
    set_cookie(ctx, response, ORDERS, "~".join(tokens), max_age=ctx.settings(OrderSettings).order_link_days * DAY)

"""What a browser remembers of its visitor: the cart, the orders it may see, and a hint that there is a badge to fetch."""

from starlette.responses import Response

from marketry import Context
from marketry.web.cookies import drop_cookie, read_cookie, set_cookie
from marketry.web.islands import hint
from marketry_orders.cart_owners import CartKey, own_cart
from marketry_orders.settings import OrderSettings

CART = "cart"
OWN = "own"  # in place of the token, for a cart that its customer's session opens
ORDERS = "orders"
DAY = 24 * 60 * 60
MOST_ORDERS = 5


def cart_key(ctx: Context) -> CartKey | None:
    """The visitor's cart: a customer's own open one on whatever device, else what the cookie says; whether that opens anything
    is for the database to say."""
    kept = kept_key(ctx)
    return own_cart(ctx, kept.id if kept else "") or kept


def kept_key(ctx: Context) -> CartKey | None:
    """The cart in the browser's cookie."""
    name, _, token = (read_cookie(ctx, CART) or "").partition(".")
    return CartKey(name, "" if token == OWN else token, by_cookie=True) if name and token else None


def keep_cart(ctx: Context, response: Response, key: CartKey) -> None:
    days = ctx.settings(OrderSettings).cart_days
    set_cookie(ctx, response, CART, f"{key.id}.{key.token or OWN}", max_age=days * DAY)
    hint(ctx, response, CART)


def forget_cart(ctx: Context, response: Response) -> None:
    drop_cookie(ctx, response, CART)
    hint(ctx, response, CART, present=False)


def order_tokens(ctx: Context) -> list[str]:
    """The newest last."""
    return [token for token in (read_cookie(ctx, ORDERS) or "").split("~") if token]


def keep_order(ctx: Context, response: Response, token: str) -> None:
    """The last five orders of this browser can be opened without their link."""
    tokens = [*(t for t in order_tokens(ctx) if t != token), token][-MOST_ORDERS:]
    set_cookie(ctx, response, ORDERS, "~".join(tokens), max_age=ctx.settings(OrderSettings).order_link_days * DAY)

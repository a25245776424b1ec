"""Every page of the shop and the walk that ends on it."""

from shots.browsing import asked_for, menu, next_page, post, typing, zoomed
from shots.buying import cart, cart_long, cart_refused, checkout, drawer, found_nothing, order
from shots.people import (
    her_address_refused,
    her_order,
    newsletter_refused,
    newsletter_sent,
    register_refused,
    registered,
    reset_sent,
    sign_in_refused,
    signed_in,
    staff,
    wished,
)
from shots.shop import ORDERS
from shots.trouble import closed, forbidden, impatient
from shots.walking import Go, at

PAGES: dict[str, Go] = {
    "home": at("/"), "menu": menu, "suggestions": typing,
    "category": at("/categories/mugs-cups"), "category-filtered": at("/categories/mugs-cups?available=true&sort=price"),
    "category-nothing": at("/categories/mugs-cups?sale=true&filter=colour:oat"),
    "category-many": at("/categories/notebooks-desk/many-tiles"), "category-next": next_page,
    "product": at("/products/hearth-mug"), "product-one-variant": at("/products/moon-jar"),
    "product-sold-out": at("/products/gone-bowl"), "product-long": at("/products/long-bowl"),
    "product-asked-for": asked_for, "product-zoom": zoomed,
    "search": at("/search?q=oak"), "search-typo": at("/search?q=hearht+mgu"),
    "search-nothing": at("/search?q=Donaudampfschifffahrtsgesellschaftskapitänsmütze"),
    "drawer": drawer, "cart-empty": at("/cart"), "cart": cart, "cart-long": cart_long, "cart-refused": cart_refused,
    "checkout-address": checkout(0), "checkout-address-refused": checkout(0, careless=True),
    "checkout-delivery": checkout(1), "checkout-delivery-refused": checkout(1, careless=True),
    "checkout-payment": checkout(2), "checkout-payment-refused": checkout(2, careless=True),
    "checkout-review": checkout(3), "order": checkout(4), **{name: order(name) for name in ORDERS},
    "order-find": at("/orders/find"), "order-find-refused": found_nothing,
    "sign-in": at("/account/sign-in"), "sign-in-refused": sign_in_refused,
    "register": at("/account/register"), "register-refused": register_refused, "register-sent": registered,
    "reset": at("/account/reset"), "reset-sent": reset_sent, "link-gone": at("/account/verify?token=gone"),
    "account": signed_in("/account"), "account-orders": signed_in("/account/orders"), "account-order": her_order,
    "account-addresses": signed_in("/account/addresses"), "account-address": signed_in("/account/addresses/new"),
    "account-address-refused": her_address_refused, "account-details": signed_in("/account/details"),
    "account-security": signed_in("/account/security"), "account-data": signed_in("/account/data"),
    "account-wishlist": signed_in("/account/wishlist"),
    "wishlist-empty": at("/wishlist"), "wishlist": wished,
    "newsletter": at("/newsletter"), "newsletter-refused": newsletter_refused, "newsletter-sent": newsletter_sent,
    "journal": at("/journal"), "post": post, "policy": at("/policies/returns"),
    "unsubscribe": at("/newsletter/unsubscribe?token=none"),
    "not-found": at("/products/nothing-like-this"), "forbidden": forbidden,
    "broken": at("/account/email?token=none"), "closed": closed,
    "components": staff("/admin/design/shop"), "too-many": impatient,
}  # fmt: skip
WINDOWS = ("menu", "suggestions", "drawer", "product-zoom")  # what lies over the page: the window alone, opened anew each time
PRINTED = ("product", "order", "order-shipped", "policy")

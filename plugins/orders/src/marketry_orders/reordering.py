"""Buying the same again: what can still be had goes into the cart at today's prices; for the rest, the reason is said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from marketry import Context
from marketry.problems import Problem, Refused
from marketry_orders.cart_desk import put_in
from marketry_orders.cart_json import cart_json
from marketry_orders.cart_lines import adding, left_of, removing
from marketry_orders.cart_owners import CartKey
from marketry_orders.carts import change_unseen, show_cart
from marketry_orders.quoting import in_terms_of

TOLD = 3  # reasons told at once


@dataclass(frozen=True, slots=True)
class Refilled:
    """`key` opens the cart, None where nothing could be had; `units` went into it; `left_out` are (title, why)."""

    key: CartKey | None
    units: int
    left_out: Sequence[tuple[str, Problem]]

    def message(self, ctx: Context) -> str:
        """What the buyer is told."""
        told = [f"{title}: {problem.message}" for title, problem in self.left_out[:TOLD]]
        if len(self.left_out) > TOLD:
            n = len(self.left_out) - TOLD
            told.append(ctx.ngettext("and another one that can't be bought now", "and %(n)s others that can't be bought now", n))
        begin = (
            ctx.ngettext("One article is in your cart.", "%(n)s articles are in your cart.", self.units)
            if self.units
            else ctx.gettext("Nothing of this order can be bought now.")
        )
        return " ".join([begin, *told])


def again_json(ctx: Context, refilled: Refilled) -> dict[str, Any]:
    """As the JSON surface tells it; `cart` is null where nothing could be had."""
    priced = show_cart(ctx, refilled.key) if refilled.key else None
    return {
        "cart": cart_json(in_terms_of(ctx, priced.cart), priced) if priced else None,
        "units": refilled.units,
        "left_out": [{"title": title, "code": p.code, "detail": p.message} for title, p in refilled.left_out],
    }


def order_again(ctx: Context, key: CartKey | None, lines: Sequence[Any]) -> Refilled:
    """Put the lines of an order into the cart of `key`, into a new one where there is none."""
    units, left_out = 0, list[tuple[str, Problem]]()
    before = _line_ids(ctx, key)
    for line in lines:
        try:
            key, put = _put(ctx, key, line)
            units += put
            if put < line.quantity:
                message = ctx.gettext("only %(n)s are left.", n=put)
                left_out.append((line.title, Problem("out_of_stock", message)))
        except Refused as refused:
            left_out.append((line.title, refused.problems[0]))
    return _without_unpriced(ctx, Refilled(key, units, left_out), before, {line.sku: line for line in lines})


def _put(ctx: Context, key: CartKey | None, line: Any) -> tuple[CartKey, int]:
    """All of a line, or as many as there are."""
    try:
        return put_in(ctx, key, adding(line.sku, line.quantity, line.data, strict=False)), line.quantity
    except Refused as refused:
        if refused.problems[0].code != "out_of_stock":
            raise
        left = left_of(ctx, key, line.sku)
        if left <= 0:
            raise
        return put_in(ctx, key, adding(line.sku, left, line.data, strict=False)), left


def _line_ids(ctx: Context, key: CartKey | None) -> set[str]:
    if key is None:
        return set()
    try:
        return {line.id for line in show_cart(ctx, key).cart.lines}
    except Refused:
        return set()


def _without_unpriced(ctx: Context, refilled: Refilled, before: set[str], asked: dict[str, Any]) -> Refilled:
    """What nobody has a price for in the cart's currency is taken out again, where it came with this order."""
    if refilled.key is None:
        return refilled
    units, left_out = refilled.units, list(refilled.left_out)
    for line, problem in show_cart(ctx, refilled.key).unsold:
        if line.id not in before and line.sku in asked:
            change_unseen(ctx, refilled.key, removing(line.id))
            units -= line.quantity
            left_out.append((asked[line.sku].title, problem))
    return replace(refilled, units=units, left_out=left_out)

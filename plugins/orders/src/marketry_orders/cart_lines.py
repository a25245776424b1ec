"""Adding, changing and removing lines of a cart. A line is its SKU and its inputs: the same twice is one line of more."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from marketry import Context
from marketry.commerce.items import Item
from marketry.hookspecs import goods
from marketry.problems import Problem, Refused, invalid, not_found
from marketry_orders import cart_queries
from marketry_orders.cart_owners import CartKey
from marketry_orders.cart_queries import StoredCart, StoredLine
from marketry_orders.carts import Change, Edit, find_cart
from marketry_orders.domain.fingerprints import line_identity
from marketry_orders.domain.numbers import new_id
from marketry_orders.inputs import checked_line_inputs
from marketry_orders.quoting import Priced, in_terms_of
from marketry_orders.settings import OrderSettings

MOST = 9999  # units of one line
Inputs = Mapping[str, Mapping[str, object]]


def adding(sku: str, quantity: int, inputs: Inputs, *, strict: bool = True) -> Edit:
    """Put `quantity` of `sku` into the cart, into the line with the same inputs where there is one."""

    def edit(ctx: Context, cart: StoredCart) -> Change:
        item = _sold(ctx, cart, sku)
        data = checked_line_inputs(ctx, inputs, strict=strict)
        identity = line_identity(sku, data)
        same = next((line for line in cart.lines if line.identity == identity), None)
        line = _more(ctx, same, quantity) if same else StoredLine(new_id(), sku, quantity, data, identity)
        _refuse_more_than_there_is(ctx, cart, item, line)
        if same:
            lines = tuple(line if one.id == line.id else one for one in cart.lines)
            return Change(replace(cart, lines=lines), write=partial(_set_quantity, cart, line), items={sku: item}, skus=(sku,))
        _refuse_too_many_lines(ctx, cart)
        write, check = partial(_insert, cart, line, ctx), partial(_refuse_unpriced, line)
        return Change(replace(cart, lines=(*cart.lines, line)), write=write, check=check, items={sku: item}, skus=(sku,))

    return edit


def changing(line_id: str, quantity: int | None, inputs: Inputs | None, *, strict: bool = True) -> Edit:
    """Set a line's quantity, its inputs, or both. Inputs that make it equal to another line merge the two."""

    def edit(ctx: Context, cart: StoredCart) -> Change:
        old = _line(ctx, cart, line_id)
        data = old.data if inputs is None else checked_line_inputs(ctx, inputs, strict=strict)
        new = replace(old, quantity=quantity or old.quantity, data=data, identity=line_identity(old.sku, data))
        same = next((one for one in cart.lines if one.identity == new.identity and one.id != old.id), None)
        if same:
            new = _more(ctx, same, new.quantity)
        if new.quantity > old.quantity or same:
            _refuse_more_than_there_is(ctx, cart, _sold(ctx, cart, old.sku), new)
        kept = [one for one in cart.lines if not (same and one.id == old.id)]
        lines = tuple(new if one.id == new.id else one for one in kept)
        return Change(replace(cart, lines=lines), write=partial(_replace, cart, old, new), skus=(old.sku,))

    return edit


def removing(line_id: str) -> Edit:
    def edit(ctx: Context, cart: StoredCart) -> Change:
        old = _line(ctx, cart, line_id)
        lines = tuple(line for line in cart.lines if line.id != old.id)
        return Change(replace(cart, lines=lines), write=partial(_delete, cart, old), skus=(old.sku,), removed=True)

    return edit


def _sold(ctx: Context, cart: StoredCart, sku: str) -> Item:
    local = in_terms_of(ctx, cart)
    found = local.hooks.merged(goods.resolve_items, [sku], lambda missing: (local, missing))
    if sku not in found:
        raise invalid("sku_unknown", ctx.gettext("Nothing is sold under this number."), "sku")
    return found[sku].value


def _line(ctx: Context, cart: StoredCart, line_id: str) -> StoredLine:
    line = next((line for line in cart.lines if line.id == line_id), None)
    if line is None:
        raise not_found(ctx.gettext("There is no such line in this cart."), "line_not_found")
    return line


def _more(ctx: Context, line: StoredLine, quantity: int) -> StoredLine:
    if line.quantity + quantity > MOST:
        message = ctx.gettext("At most %(most)s of one kind fit into a cart.", most=MOST)
        raise invalid("too_many", message, "quantity")
    return replace(line, quantity=line.quantity + quantity)


def _refuse_more_than_there_is(ctx: Context, cart: StoredCart, item: Item, line: StoredLine) -> None:
    """A friendly word early; what counts is the guarded reservation when the order is placed."""
    wanted = line.quantity + sum(one.quantity for one in cart.lines if one.sku == item.sku and one.id != line.id)
    if item.available is None or wanted <= item.available:
        return
    if item.available <= 0:
        message = ctx.gettext("%(title)s is sold out.", title=item.title)
    else:
        message = ctx.gettext("Only %(count)s of %(title)s are left.", count=item.available, title=item.title)
    raise Refused(Problem("out_of_stock", message, "quantity", status=409))


def _refuse_too_many_lines(ctx: Context, cart: StoredCart) -> None:
    most = ctx.settings(OrderSettings).cart_lines
    if len(cart.lines) >= most:
        raise invalid("cart_full", ctx.gettext("A cart holds at most %(most)s lines.", most=most), "sku")


def _refuse_unpriced(line: StoredLine, priced: Priced) -> None:
    """Refuse a new line that nobody has a price for, rather than keep what can't be bought."""
    problem = next((p for one, p in priced.unsold if one.id == line.id), None)
    if problem:
        raise Refused(replace(problem, field="sku", status=422))


def _insert(cart: StoredCart, line: StoredLine, ctx: Context, session: Session) -> None:
    cart_queries.insert_line(session, cart.id, line, ctx.now())


def _set_quantity(cart: StoredCart, line: StoredLine, session: Session) -> None:
    cart_queries.set_quantity(session, cart.id, line.id, line.quantity)


def _replace(cart: StoredCart, old: StoredLine, new: StoredLine, session: Session) -> None:
    if new.id != old.id:
        cart_queries.delete_line(session, cart.id, old.id)
    cart_queries.set_line(session, cart.id, new)


def _delete(cart: StoredCart, line: StoredLine, session: Session) -> None:
    cart_queries.delete_line(session, cart.id, line.id)


def left_of(ctx: Context, key: CartKey | None, sku: str) -> int:
    """How many more of `sku` the cart of `key` can take before what is there runs out."""
    with ctx.reading():
        try:
            cart = find_cart(ctx, key) if key else None
        except Refused:
            cart = None
        if cart is None:
            found = ctx.hooks.merged(goods.resolve_items, [sku], lambda missing: (ctx, missing))
            item = found[sku].value if sku in found else None
        else:
            item = _sold(ctx, cart, sku)
    if item is None or item.available is None:
        return 0
    return item.available - sum(line.quantity for line in (cart.lines if cart else ()) if line.sku == sku)

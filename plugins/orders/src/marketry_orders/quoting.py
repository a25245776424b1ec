"""From a stored cart to a quote: items, prices, facts, groups, rates, the fold, tax. The only way prices are made.

All I/O happens in `ctx.reading()`, tax alone may call out and is asked after it. Nothing is written.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import dataclass, field, replace

from marketry import Context
from marketry.commerce.addresses import Address
from marketry.commerce.cart import Cart, CartLine, GroupId, LineId
from marketry.commerce.fold import PricingStep, fold
from marketry.commerce.fulfilment import ShippingRate
from marketry.commerce.items import Item
from marketry.commerce.quote import PricingFacts, Quote, QuoteLine, Stage, TaxLine
from marketry.hookspecs import checkout, goods, pricing
from marketry.problems import Problem
from marketry_orders.cart_owners import price_group_of
from marketry_orders.cart_queries import StoredCart, StoredLine
from marketry_orders.delivery import group_lines, offered_rates, shipping_steps
from marketry_orders.domain.fingerprints import agreement
from marketry_orders.payment_choices import fee_steps
from marketry_orders.taxing import tax_lines_of

NOTHING: Mapping[str, Item] = {}
MOST = 10**15  # minor units of one order: what every client's numbers hold (2**53) and a database's sums


@dataclass(frozen=True, slots=True)
class Priced:
    """A quote with what it was made of. `unsold`: lines that nobody sells (any more), with the reason; they cost nothing.

    `rates`: what is offered per shippable group; empty where no plugin ships. `agreed`: the hash of what a buyer agrees to.
    """

    cart: StoredCart
    quote: Quote
    rates: Mapping[GroupId, tuple[ShippingRate, ...]] = field(default_factory=dict)
    unsold: tuple[tuple[StoredLine, Problem], ...] = ()
    problems: tuple[Problem, ...] = ()
    agreed: str = ""

    @property
    def is_beyond(self) -> bool:
        """Whether this is more than an order can be written with; a mistyped price times many units."""
        return max(self.quote.subtotal.minor, self.quote.total.minor) > MOST


def in_terms_of(ctx: Context, cart: StoredCart) -> Context:
    """`ctx` in the currency and country of the cart and at its customer's prices, sharing the unit of work."""
    return priced_in(ctx, cart.currency, country_of(cart), price_group_of(ctx, cart))


def priced_in(ctx: Context, currency: str, country: str | None, group: str | None = None) -> Context:
    """`ctx` in another currency and country, sharing the unit of work; `group`: at prices of that group ("": of everybody)."""
    country, group = country or ctx.country, ctx.price_group if group is None else group
    if ctx.currency == currency and ctx.country == country and ctx.price_group == group:
        return ctx
    other = copy(ctx)
    other.currency, other.country, other.price_group = currency, country, group
    return other


def country_of(cart: StoredCart) -> str | None:
    return cart.shipping_address["country"] if cart.shipping_address else cart.country


def quiet(ctx: Context) -> AbstractContextManager[object]:
    """One session for all of pricing, unless a tax plugin may call out meanwhile: then nothing is held while it does."""
    return nullcontext() if ctx.hooks.implemented(pricing.tax_lines) else ctx.reading()


def price_cart(ctx: Context, stored: StoredCart, known: Mapping[str, Item] = NOTHING) -> Priced:
    """The quote of a cart now; `known` are items that were resolved just before. A plugin that fails here fails the request
    and is named; nothing is half priced."""
    with quiet(ctx):
        return _price(ctx, stored, known)


def _price(ctx: Context, stored: StoredCart, known: Mapping[str, Item]) -> Priced:
    with ctx.reading():
        local = in_terms_of(ctx, stored)
        items, unsold = _resolve(local, stored, known)
        quote, facts, unpriced = _base(local, stored, items)
        steps: Sequence[PricingStep] = local.runtime.collected(pricing.pricing_steps)
        quote = fold(quote, [s for s in steps if s.stage <= Stage.ORDER], facts)
        quote = replace(quote, groups=group_lines(local, quote))
        rates = offered_rates(local, quote)
        quote, shipping = shipping_steps(local, quote, rates)
        quote = fold(quote, [*(s for s in steps if Stage.ORDER < s.stage < Stage.FEE), *shipping], facts)
        fees = fee_steps(local, quote, stored.payments)
        quote = fold(quote, [*(s for s in steps if s.stage == Stage.FEE), *fees], facts)
    quote = _taxed(in_terms_of(ctx, stored), quote)
    with ctx.reading():
        problems = _objections(in_terms_of(ctx, stored), quote) if quote.lines else ()
    return Priced(stored, quote, rates, (*unsold, *unpriced), problems, agreement(quote))


def _resolve(
    ctx: Context, stored: StoredCart, known: Mapping[str, Item]
) -> tuple[dict[str, Item], list[tuple[StoredLine, Problem]]]:
    skus = [line.sku for line in stored.lines if line.sku not in known]
    found = ctx.hooks.merged(goods.resolve_items, skus, lambda missing: (ctx, missing)) if skus else {}
    items = {**known, **{sku: answer.value for sku, answer in found.items()}}
    message = ctx.gettext("This is no longer sold. Please remove it.")
    gone = [
        (line, Problem("not_sold", message, f"lines/{line.id}", status=409)) for line in stored.lines if line.sku not in items
    ]
    return items, gone


def cart_value(ctx: Context, stored: StoredCart, items: Mapping[str, Item]) -> Cart:
    """The cart as hooks see it; lines nobody sells are left out."""
    lines = tuple(
        CartLine(LineId(line.id), items[line.sku], line.quantity, line.data) for line in stored.lines if line.sku in items
    )
    return Cart(
        id=stored.id, currency=stored.currency, locale=ctx.locale, lines=lines, channel=stored.channel,
        country=country_of(stored) or ctx.country, email=stored.email, customer=stored.customer,
        shipping_address=address_value(stored.shipping_address), billing_address=address_value(stored.billing_address),
        coupons=tuple(stored.coupons), methods={GroupId(g): m for g, m in stored.methods.items()},
        payments=tuple(p["code"] for p in stored.payments), data=stored.data,
    )  # fmt: skip


def address_value(stored: Mapping[str, str] | None) -> Address | None:
    return Address(**stored) if stored else None


def _base(
    ctx: Context, stored: StoredCart, items: Mapping[str, Item]
) -> tuple[Quote, PricingFacts, list[tuple[StoredLine, Problem]]]:
    cart = cart_value(ctx, stored, items)
    by_id = {line.id: line for line in cart.lines}
    answers = ctx.hooks.merged(pricing.base_prices, list(by_id), lambda missing: (ctx, [by_id[i] for i in missing]))
    prices = {i: answers[i].value if i in answers else by_id[i].item.price for i in by_id}
    usable = {i: price for i, price in prices.items() if price is not None and price.currency == cart.currency}
    message = ctx.gettext("This has no price in %(currency)s. Please remove it.", currency=cart.currency)
    unpriced = [
        (line, Problem("no_price", message, f"lines/{line.id}", status=409))
        for line in stored.lines
        if line.id in prices and line.id not in usable
    ]
    quoted = tuple(QuoteLine(line, usable[line.id]) for line in cart.lines if line.id in usable)
    cart = replace(cart, lines=tuple(q.line for q in quoted))
    facts = {a.plugin: a.value for a in ctx.hooks.each(pricing.pricing_facts, ctx, cart)}
    return Quote(cart, quoted), PricingFacts(facts), unpriced


def _taxed(ctx: Context, quote: Quote) -> Quote:
    lines: Sequence[TaxLine] = tax_lines_of(ctx, quote) if quote.lines else ()
    known = quote.cart.shipping_address or (not quote.delivers and quote.cart.billing_address)
    return replace(quote, tax_lines=tuple(lines), tax_estimated=not known)


def _objections(ctx: Context, quote: Quote) -> tuple[Problem, ...]:
    """What plugins say against the cart, each signed."""
    return tuple(p.by(a.plugin) for a in ctx.hooks.each(checkout.validate_cart, ctx, quote) for p in a.value)

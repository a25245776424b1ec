"""Delivery of a quote: which lines travel together, what is offered for them, and what the chosen method costs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from marketry import Context
from marketry.commerce.cart import GroupId
from marketry.commerce.fold import PricingStep
from marketry.commerce.fulfilment import ShippingRate
from marketry.commerce.quote import Adjustment, DeliveryGroup, PricingFacts, Quote, Source, Stage
from marketry.hookspecs import fulfilment

MAIN = GroupId("main")


class BadGroups(ValueError):
    """A plugin split the cart so that a line travels twice or not at all; the message names it."""


def group_lines(ctx: Context, quote: Quote) -> tuple[DeliveryGroup, ...]:
    """The groups of a quote; one, `main`, unless a plugin splits it."""
    wanted = [q.id for q in quote.lines if q.line.item.shippable]
    answer = ctx.hooks.first(fulfilment.delivery_groups, ctx, quote) if quote.lines else None
    if answer is None:
        return (DeliveryGroup(MAIN, tuple(wanted)),) if wanted else ()
    grouped = [line for group in answer.value for line in group.lines]
    if len(grouped) != len(set(grouped)) or not set(wanted) <= set(grouped):
        raise BadGroups(f"plugin {answer.plugin}: every shippable line must be in exactly one delivery group")
    return tuple(answer.value)


def offered_rates(ctx: Context, quote: Quote) -> dict[GroupId, tuple[ShippingRate, ...]]:
    """All plugins' rates per shippable group. Empty when no enabled plugin ships: then delivery is free and not asked."""
    if not ctx.hooks.implemented(fulfilment.shipping_rates):
        return {}
    return {g.id: _rates(ctx, quote, g) for g in quote.groups if g.shippable}


def _rates(ctx: Context, quote: Quote, group: DeliveryGroup) -> tuple[ShippingRate, ...]:
    return tuple(
        replace(rate, plugin=answer.plugin)
        for answer in ctx.hooks.each(fulfilment.shipping_rates, ctx, quote, group)
        for rate in answer.value
        if rate.price.currency == quote.currency and rate.group == group.id
    )


def shipping_steps(
    ctx: Context, quote: Quote, rates: Mapping[GroupId, Sequence[ShippingRate]]
) -> tuple[Quote, list[PricingStep]]:
    """The quote whose groups know their chosen method, and a step per choice that charges its price.

    A method that is no longer offered is not chosen any more: the cart then lacks a choice.
    """
    groups, steps = [], []
    for group in quote.groups:
        chosen = next((r for r in rates.get(group.id, ()) if r.code == quote.cart.methods.get(group.id)), None)
        groups.append(replace(group, method=chosen.code, method_label=chosen.label) if chosen else group)
        if chosen:
            steps.append(_step(ctx, chosen))
    return replace(quote, groups=tuple(groups)), steps


def _step(ctx: Context, rate: ShippingRate) -> PricingStep:
    version = ctx.runtime.plugins[rate.plugin].version
    return PricingStep(f"rate {rate.code} for {rate.group}", Stage.SHIPPING, partial(_charge, rate), rate.plugin, version)


def _charge(rate: ShippingRate, quote: Quote, facts: PricingFacts) -> list[Adjustment]:
    rule = Source(rule=f"rate {rate.code}")
    return [Adjustment(rate.code, rate.label, rate.price, Stage.SHIPPING, rule, group=rate.group)]

"""Pricing as a pure fold: stages in order, steps of a stage side by side, caps at zero, exact sums.

Within a stage every step sees the same quote, and proposals are put into one canonical order before anything is cut or
allocated; so the result doesn't depend on the order of plugins.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from marketry.commerce.cart import LineId
from marketry.commerce.money import Money
from marketry.commerce.quote import Adjustment, PricingFacts, Quote, Source, Stage

Propose = Callable[[Quote, PricingFacts], Iterable[Adjustment]]


@dataclass(frozen=True, slots=True)
class PricingStep:
    """A named, pure rule of one stage. The registry fills in `plugin` and `version`; facts are those of the plugin."""

    name: str
    stage: Stage
    propose: Propose
    plugin: str = ""
    version: str = ""


class BadProposal(ValueError):
    """A step proposed what its stage doesn't allow; the message names plugin and step."""


def fold(quote: Quote, steps: Sequence[PricingStep], facts: PricingFacts) -> Quote:
    """`quote` with the adjustments of all `steps`. No line, group or fee total ever falls below zero."""
    in_order = sorted(steps, key=lambda step: (step.stage, step.plugin, step.name))
    for _, stage_steps in groupby(in_order, key=lambda step: step.stage):
        proposals = [proposal for step in stage_steps for proposal in _proposals(step, quote, facts)]
        quote = replace(quote, adjustments=quote.adjustments + _settle(quote, proposals))
    return quote


def _proposals(step: PricingStep, quote: Quote, facts: PricingFacts) -> Iterable[Adjustment]:
    for proposal in step.propose(quote, facts):
        complaint = _complaint(proposal, step, quote)
        if complaint:
            raise BadProposal(f"plugin {step.plugin}, step {step.name}: {complaint}")
        source = Source(step.plugin, step.version, proposal.source.rule or step.name)
        yield replace(proposal, source=source)


def _complaint(proposal: Adjustment, step: PricingStep, quote: Quote) -> str | None:
    if proposal.stage != step.stage:
        return f"proposed for stage {proposal.stage.name}, but runs in {step.stage.name}"
    if proposal.amount.currency != quote.currency:
        return f"proposed {proposal.amount.currency} for a cart in {quote.currency}"
    if proposal.line is not None and proposal.line not in {q.id for q in quote.lines}:
        return f"there is no line {proposal.line}"
    if proposal.group is not None and proposal.group not in {g.id for g in quote.groups}:
        return f"there is no delivery group {proposal.group}"
    by_stage = {
        Stage.CATALOG: proposal.line is not None and proposal.group is None,
        Stage.LINE: proposal.line is not None and proposal.group is None,
        Stage.ORDER: proposal.group is None,
        Stage.SHIPPING: proposal.group is not None and proposal.line is None,
        Stage.SHIPPING_DISCOUNT: proposal.group is not None and proposal.line is None,
        Stage.FEE: proposal.line is None and proposal.group is None,
    }
    return None if by_stage[step.stage] else f"stage {step.stage.name} needs another target (line, group or none)"


def _canonical(a: Adjustment) -> tuple[str, ...]:
    return (a.source.plugin, a.source.rule, a.code, a.line or "", a.group or "", f"{a.amount.minor:+025d}", a.label)


def _settle(quote: Quote, proposals: list[Adjustment]) -> tuple[Adjustment, ...]:
    """Allocate order-level amounts to lines, then cap each line, group and the fees at zero."""
    placed: list[Adjustment] = []
    for proposal in sorted(proposals, key=_canonical):
        placed.extend(_to_lines(quote, proposal) if _needs_lines(proposal) else [proposal])
    settled: list[Adjustment] = []
    for target in dict.fromkeys((a.line, a.group) for a in placed):
        settled.extend(_cap([a for a in placed if (a.line, a.group) == target], _room(quote, target)))
    return tuple(settled)


def _needs_lines(proposal: Adjustment) -> bool:
    return proposal.stage is Stage.ORDER and proposal.line is None


def _to_lines(quote: Quote, proposal: Adjustment) -> list[Adjustment]:
    if not quote.lines:
        return []
    weights = [quote.line_total(q.id).minor for q in quote.lines]
    parts = proposal.amount.allocate(weights)
    return [replace(proposal, amount=p, line=q.id) for q, p in zip(quote.lines, parts, strict=True) if p]


def _room(quote: Quote, target: tuple[LineId | None, object]) -> Money:
    """What the target is worth before this stage."""
    line, group = target
    if line is not None:
        return quote.line_total(line)
    return next((quote.group_total(g.id) for g in quote.groups if g.id == group), quote.fees)


def _cap(adjustments: list[Adjustment], room: Money) -> list[Adjustment]:
    """Shrink the discounts among `adjustments`, in proportion, so that the target doesn't fall below zero."""
    added = sum(a.amount.minor for a in adjustments if a.amount.minor > 0)
    taken = -sum(a.amount.minor for a in adjustments if a.amount.minor < 0)
    excess = taken - (room.minor + added)
    if excess <= 0:
        return adjustments
    discounts = [a for a in adjustments if a.amount.minor < 0]
    cuts = Money(excess, room.currency).allocate([-a.amount.minor for a in discounts])
    cut_of = dict(zip(map(id, discounts), cuts, strict=True))
    return [
        replace(a, amount=a.amount + cut_of[id(a)], cut=cut_of[id(a)]) if id(a) in cut_of and cut_of[id(a)] else a
        for a in adjustments
    ]

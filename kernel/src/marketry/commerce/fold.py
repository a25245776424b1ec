"""Pricing as a pure fold: stages in order, steps of a stage side by side, caps at zero, exact sums.

Within a stage every step sees the same quote, and proposals are put into one canonical order before anything is cut or
allocated; so the result doesn't depend on the order of plugins.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from marketry.commerce.cart import GroupId, LineId
from marketry.commerce.money import Money
from marketry.commerce.quote import Adjustment, PricingFacts, Quote, Source, Stage
from marketry.plugins.failures import PluginFailed
from marketry.problems import Refused

Propose = Callable[[Quote, PricingFacts], Iterable[Adjustment]]


@dataclass(frozen=True, slots=True)
class PricingStep:
    """A named, pure rule of one stage. The registry fills in `plugin` and `version`; facts are those of the plugin."""

    name: str
    stage: Stage
    propose: Propose
    plugin: str = ""
    version: str = ""


class BadProposal(PluginFailed):
    """A step raised, or proposed what its stage doesn't allow; names plugin and step. Pricing fails closed."""

    def __init__(self, step: PricingStep, complaint: str, cause: Exception | None = None) -> None:
        super().__init__(step.plugin, step.version, f"pricing step {step.name}", cause or ValueError(complaint))


def fold(quote: Quote, steps: Sequence[PricingStep], facts: PricingFacts) -> Quote:
    """`quote` with the adjustments of all `steps`. No line, group or fee total ever falls below zero.

    BadProposal names the plugin and step that raised or proposed what its stage doesn't allow.
    """
    in_order = sorted(steps, key=lambda step: (step.stage, step.plugin, step.name))
    for _, stage_steps in groupby(in_order, key=lambda step: step.stage):
        proposals = [proposal for step in stage_steps for proposal in _proposals(step, quote, facts)]
        if proposals:
            quote = replace(quote, adjustments=quote.adjustments + _settle(quote, proposals))
    return quote


def _proposals(step: PricingStep, quote: Quote, facts: PricingFacts) -> list[Adjustment]:
    """What `step` proposes for `quote`, checked and signed."""
    try:
        proposed = list(step.propose(quote, facts))
    except Refused as refusal:
        raise Refused(*(problem.by(step.plugin) for problem in refusal.problems)) from refusal
    except Exception as error:
        raise BadProposal(step, "", error) from error
    lines, groups = {q.id for q in quote.lines}, {g.id for g in quote.groups}
    for proposal in proposed:
        if complaint := _complaint(proposal, step.stage, quote.currency, lines, groups):
            raise BadProposal(step, complaint)
    return [replace(one, source=Source(step.plugin, step.version, one.source.rule or step.name)) for one in proposed]


def _complaint(
    proposal: Adjustment, stage: Stage, currency: str, lines: Container[LineId], groups: Container[GroupId]
) -> str | None:
    if proposal.stage != stage:
        return f"proposed for stage {proposal.stage.name}, but runs in {stage.name}"
    if proposal.amount.currency != currency:
        return f"proposed {proposal.amount.currency} for a cart in {currency}"
    if proposal.line is not None and proposal.line not in lines:
        return f"there is no line {proposal.line}"
    if proposal.group is not None and proposal.group not in groups:
        return f"there is no delivery group {proposal.group}"
    if (proposal.line is not None, proposal.group is not None) not in _TARGETS[stage]:
        return f"stage {stage.name} needs another target (line, group or none)"
    return None


_LINE, _GROUP, _NONE = (True, False), (False, True), (False, False)
# What an adjustment of each stage may be for.
_TARGETS = {
    Stage.CATALOG: (_LINE,),
    Stage.LINE: (_LINE,),
    Stage.ORDER: (_LINE, _NONE),
    Stage.SHIPPING: (_GROUP,),
    Stage.SHIPPING_DISCOUNT: (_GROUP,),
    Stage.FEE: (_NONE,),
}


def _canonical(a: Adjustment) -> tuple[str, ...]:
    return (a.source.plugin, a.source.rule, a.code, a.line or "", a.group or "", f"{a.amount.minor:+025d}", a.label)


def _settle(quote: Quote, proposals: list[Adjustment]) -> tuple[Adjustment, ...]:
    """Allocate order-level amounts to lines, then cap each line, group and the fees at zero."""
    placed: list[Adjustment] = []
    for proposal in sorted(proposals, key=_canonical):
        placed.extend(_to_lines(quote, proposal) if _needs_lines(proposal) else [proposal])
    by_target: dict[tuple[LineId | None, GroupId | None], list[Adjustment]] = {}
    for adjustment in placed:
        by_target.setdefault((adjustment.line, adjustment.group), []).append(adjustment)
    return tuple(one for target, some in by_target.items() for one in _cap(some, _room(quote, *target)))


def _needs_lines(proposal: Adjustment) -> bool:
    return proposal.stage is Stage.ORDER and proposal.line is None


def _to_lines(quote: Quote, proposal: Adjustment) -> list[Adjustment]:
    if not quote.lines:
        return []
    weights = [quote.line_total(q.id).minor for q in quote.lines]
    parts = proposal.amount.allocate(weights)
    return [replace(proposal, amount=p, line=q.id) for q, p in zip(quote.lines, parts, strict=True) if p.minor]


def _room(quote: Quote, line: LineId | None, group: GroupId | None) -> Money:
    """What the target is worth before this stage."""
    if line is not None:
        return quote.line_total(line)
    return quote.fees if group is None else quote.group_total(group)


def _cap(adjustments: list[Adjustment], room: Money) -> list[Adjustment]:
    """Shrink the discounts among `adjustments`, in proportion, so that the target doesn't fall below zero."""
    added = sum(a.amount.minor for a in adjustments if a.amount.minor > 0)
    taken = -sum(a.amount.minor for a in adjustments if a.amount.minor < 0)
    excess = taken - (room.minor + added)
    if excess <= 0:
        return adjustments
    discounts = [a for a in adjustments if a.amount.minor < 0]
    cuts = iter(Money(excess, room.currency).allocate([-a.amount.minor for a in discounts]))
    return [_shrunk(a, next(cuts)) if a.amount.minor < 0 else a for a in adjustments]


def _shrunk(discount: Adjustment, cut: Money) -> Adjustment:
    return replace(discount, amount=discount.amount + cut, cut=cut) if cut.minor else discount

"""An immutable quote: what everything costs, why, and by which plugin."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from marketry.commerce.cart import Cart, CartLine, GroupId, LineId
from marketry.commerce.money import Money, total


class Stage(IntEnum):
    """When an adjustment is proposed; a step sees the results of earlier stages only."""

    CATALOG = 10
    LINE = 20
    ORDER = 30
    SHIPPING = 40
    SHIPPING_DISCOUNT = 50
    FEE = 60


@dataclass(frozen=True, slots=True)
class Source:
    """Who made an adjustment: plugin, its version and its rule. The fold fills in plugin and version."""

    plugin: str = ""
    version: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An amount added to (or, negative, taken from) a line, a delivery group or the whole order.

    CATALOG and LINE stages need a `line`; SHIPPING and SHIPPING_DISCOUNT a `group`; ORDER without a line is allocated
    to the lines by the kernel; FEE stands by itself. `cut` is what a cap at zero took off the proposed amount.
    """

    code: str
    label: str
    amount: Money
    stage: Stage
    source: Source = Source()
    line: LineId | None = None
    group: GroupId | None = None
    cut: Money | None = None


class TaxMode(StrEnum):
    ADDED = "added"
    INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class TaxLine:
    """Tax on a line, a group or (neither) the fees. `rate` in basis points; `reason` says why (`standard`, `exempt`)."""

    name: str
    rate: int
    amount: Money
    mode: TaxMode
    provider: str
    reason: str = ""
    line: LineId | None = None
    group: GroupId | None = None


@dataclass(frozen=True, slots=True)
class DeliveryGroup:
    """Lines that travel together. `source` a stock location, `seller` a marketplace seller, where plugins say so.

    `deliverable` False: nothing is sent (downloads, click and collect chosen by a plugin decides with its own rate).
    """

    id: GroupId
    lines: tuple[LineId, ...]
    label: str = ""
    source: str | None = None
    seller: str | None = None
    shippable: bool = True
    method: str | None = None
    method_label: str = ""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A cart line with its base price per unit (`None` prices never get here: the fold refuses them)."""

    line: CartLine
    unit_price: Money

    @property
    def id(self) -> LineId:
        return self.line.id

    @property
    def base(self) -> Money:
        return self.unit_price * self.line.quantity


@dataclass(frozen=True, slots=True)
class _Index:
    """Adjustments and minor units by what they belong to; made at first need, once per quote."""

    lines: Mapping[LineId, tuple[Adjustment, ...]]
    groups: Mapping[GroupId, tuple[Adjustment, ...]]
    line_totals: Mapping[LineId, int]


@dataclass(frozen=True, slots=True)
class Quote:
    """The cart, its prices, and every adjustment and tax line. Totals are computed, never stored apart."""

    cart: Cart
    lines: tuple[QuoteLine, ...]
    groups: tuple[DeliveryGroup, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    tax_lines: tuple[TaxLine, ...] = ()
    tax_estimated: bool = True
    _made: _Index | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def currency(self) -> str:
        return self.cart.currency

    @property
    def delivers(self) -> bool:
        """Whether something is brought to an address; what the buyer fetches or downloads isn't. Known once groups are."""
        return any(group.shippable for group in self.groups)

    def of_line(self, line: LineId) -> tuple[Adjustment, ...]:
        return self._index.lines.get(line, ())

    def of_group(self, group: GroupId) -> tuple[Adjustment, ...]:
        return self._index.groups.get(group, ())

    def line_total(self, line: LineId) -> Money:
        """The line after all adjustments to it, its share of order-level ones included; without added tax.

        KeyError where there is no such line.
        """
        return Money(self._index.line_totals[line], self.currency)

    def group_total(self, group: GroupId) -> Money:
        """What delivering the group costs; zero where nothing was proposed for it."""
        return total((a.amount for a in self.of_group(group)), self.currency)

    @property
    def _index(self) -> _Index:
        if self._made is None:
            object.__setattr__(self, "_made", self._indexed())  # frozen, but this is derived from what is
        assert self._made is not None  # noqa: S101 - for the type checker
        return self._made

    def _indexed(self) -> _Index:
        lines: dict[LineId, tuple[Adjustment, ...]] = {}
        groups: dict[GroupId, tuple[Adjustment, ...]] = {}
        totals = {one.id: one.base.minor for one in self.lines}
        for adjustment in self.adjustments:
            if adjustment.line is not None:
                lines[adjustment.line] = (*lines.get(adjustment.line, ()), adjustment)
                totals[adjustment.line] = totals.get(adjustment.line, 0) + adjustment.amount.minor
            if adjustment.group is not None:
                groups[adjustment.group] = (*groups.get(adjustment.group, ()), adjustment)
        return _Index(lines, groups, totals)

    @property
    def subtotal(self) -> Money:
        """The lines after CATALOG and LINE adjustments, before order-level discounts."""
        early = (a.amount for a in self.adjustments if a.line and a.stage <= Stage.LINE)
        return total((q.base for q in self.lines), self.currency) + total(early, self.currency)

    @property
    def discount(self) -> Money:
        """Order-level adjustments (negative where they are discounts)."""
        return total((a.amount for a in self.adjustments if a.stage == Stage.ORDER), self.currency)

    @property
    def shipping(self) -> Money:
        return total((a.amount for a in self.adjustments if a.group), self.currency)

    @property
    def fees(self) -> Money:
        return total((a.amount for a in self.adjustments if a.stage == Stage.FEE), self.currency)

    @property
    def tax(self) -> Money:
        """All tax, added or included."""
        return total((t.amount for t in self.tax_lines), self.currency)

    @property
    def tax_added(self) -> Money:
        return total((t.amount for t in self.tax_lines if t.mode is TaxMode.ADDED), self.currency)

    @property
    def total(self) -> Money:
        """What the buyer pays."""
        return self.subtotal + self.discount + self.shipping + self.fees + self.tax_added


@dataclass(frozen=True, slots=True)
class PricingFacts:
    """What plugins looked up for pricing, per plugin: all I/O of pricing happened to fill it."""

    by_plugin: Mapping[str, object] = field(default_factory=dict)

    def of(self, plugin: str) -> object | None:
        return self.by_plugin.get(plugin)

"""Why everything costs what it costs: rows of a sum that people can add up, each with what it is and who made it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketry import Context
from marketry.commerce.money import Money
from marketry.commerce.quote import Quote, Stage
from marketry_orders.order_view import OrderView


@dataclass(frozen=True, slots=True)
class SumRow:
    """`source` is the title of the plugin that made the amount, empty for plain sums. `kind`: goods, discount, delivery,
    fee, tax, included (tax that is part of the prices), total."""

    kind: str
    label: str
    amount: Money
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One adjustment, of a quote or of an order that was placed."""

    stage: Stage
    label: str
    amount: Money
    plugin: str
    line: str | None


def of_quote(ctx: Context, quote: Quote) -> list[SumRow]:
    reasons = [Reason(a.stage, a.label, a.amount, a.source.plugin, a.line) for a in quote.adjustments]
    taxes = [(t.name, t.rate, t.mode.value, t.amount, t.provider) for t in quote.tax_lines]
    return _rows(ctx, quote.subtotal, reasons, taxes, quote.total, free_delivery=_chosen_free(quote))


def of_order(ctx: Context, view: OrderView) -> list[SumRow]:
    order, money = view.order, view.money
    reasons = [Reason(Stage(a.stage), a.label, money(a.amount), a.plugin, a.line_id) for a in view.adjustments]
    taxes = [(t.name, t.rate, t.mode, money(t.amount), t.provider) for t in view.taxes]
    charged = {a.group_key for a in view.adjustments if a.group_key}
    free = [g.method_label for g in view.groups if g.method and g.key not in charged]
    return _rows(ctx, money(order.subtotal), reasons, taxes, money(order.total), free)


def line_reasons(quote: Quote, line: str) -> list[Reason]:
    """What changed the price of one line, before anything that concerns the whole order."""
    return [
        Reason(a.stage, a.label, a.amount, a.source.plugin, a.line)
        for a in quote.adjustments
        if a.line == line and a.stage <= Stage.LINE
    ]


def plugin_title(ctx: Context, plugin: str) -> str:
    """The plugin's title in the visitor's language; its id when it is no longer installed."""
    known = ctx.runtime.plugins.known.get(plugin)
    return ctx.gettext(known.manifest.title) if known else plugin


def _chosen_free(quote: Quote) -> list[str]:
    return [g.method_label for g in quote.groups if g.method and not quote.of_group(g.id)]


_TAX_KIND = {"added": "tax", "included": "included"}
Tax = tuple[str, int, str, Money, str]


def _rows(
    ctx: Context, goods: Money, reasons: Sequence[Reason], taxes: Iterable[Tax], total: Money, free_delivery: Sequence[str]
) -> list[SumRow]:
    rows = [SumRow("goods", ctx.gettext("Goods"), goods)]
    rows += _summed(ctx, "discount", [r for r in reasons if r.stage is Stage.ORDER])
    rows += _summed(ctx, "delivery", [r for r in reasons if r.stage in (Stage.SHIPPING, Stage.SHIPPING_DISCOUNT)])
    rows += [SumRow("delivery", label, Money.zero(goods.currency)) for label in free_delivery]
    rows += _summed(ctx, "fee", [r for r in reasons if r.stage is Stage.FEE])
    taxed = _taxes(ctx, taxes)
    rows += [row for row in taxed if row.kind == "tax"]
    rows.append(SumRow("total", ctx.gettext("Total"), total))
    return rows + [row for row in taxed if row.kind == "included"]


def _summed(ctx: Context, kind: str, reasons: Sequence[Reason]) -> list[SumRow]:
    """One row per label and plugin: what was shared out among lines is one amount to people."""
    sums: dict[tuple[str, str], Money] = {}
    for r in reasons:
        at = (r.label, r.plugin)
        sums[at] = sums[at] + r.amount if at in sums else r.amount
    return [SumRow(kind, label, amount, plugin_title(ctx, plugin)) for (label, plugin), amount in sums.items()]


def _taxes(ctx: Context, taxes: Iterable[Tax]) -> list[SumRow]:
    sums: dict[tuple[str, int, str, str], Money] = {}
    for name, rate, mode, amount, provider in taxes:
        at = (name, rate, mode, provider)
        sums[at] = sums[at] + amount if at in sums else amount
    return [
        SumRow(_TAX_KIND[mode], f"{ctx.gettext(name)} {_percent(rate)} %", amount, plugin_title(ctx, provider))
        for (name, rate, mode, provider), amount in sums.items()
    ]


def _percent(basis_points: int) -> str:
    return f"{(Decimal(basis_points) / 100).normalize():f}"

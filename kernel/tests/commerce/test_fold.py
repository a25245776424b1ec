"""The fold: exact beside a decimal model, independent of the order of plugins, never below zero, every cut recorded."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketry.commerce.cart import Cart, CartLine, GroupId, LineId
from marketry.commerce.fold import BadProposal, PricingStep, fold
from marketry.commerce.items import Item
from marketry.commerce.money import Money
from marketry.commerce.quote import Adjustment, DeliveryGroup, PricingFacts, Quote, QuoteLine, Stage
from marketry.problems import Problem, Refused

NO_FACTS = PricingFacts()
GROUPS = ("g1", "g2")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def quote_of(*priced: tuple[int, int]) -> Quote:
    """A quote of lines l0, l1 … with (unit price, quantity), and two delivery groups."""
    lines = tuple(CartLine(LineId(f"l{i}"), Item(f"SKU{i}", f"Item {i}"), quantity) for i, (_, quantity) in enumerate(priced))
    quoted = tuple(QuoteLine(line, usd(price)) for line, (price, _) in zip(lines, priced, strict=True))
    return Quote(Cart("c", "USD", "en", lines), quoted, tuple(DeliveryGroup(GroupId(g), ()) for g in GROUPS))


@dataclass(frozen=True)
class Rule:
    """A generated adjustment: `target` is a line's number, a group's number, or None for the order or the fees."""

    plugin: str
    name: str
    stage: Stage
    minor: int
    target: int | None

    def step(self) -> PricingStep:
        return PricingStep(self.name, self.stage, lambda quote, facts: [self.adjustment(quote)], self.plugin, "1.0")

    def adjustment(self, quote: Quote) -> Adjustment:
        line = quote.lines[self.target % len(quote.lines)].id if self.on_line and self.target is not None else None
        group = GroupId(GROUPS[(self.target or 0) % 2]) if self.stage in (Stage.SHIPPING, Stage.SHIPPING_DISCOUNT) else None
        return Adjustment(self.name, self.name, usd(self.minor), self.stage, line=line, group=group)

    @property
    def on_line(self) -> bool:
        return self.stage in (Stage.CATALOG, Stage.LINE, Stage.ORDER)


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        stage = draw(st.sampled_from(Stage))
        anywhere = stage is Stage.ORDER and draw(st.booleans())
        target = None if anywhere or stage is Stage.FEE else draw(st.integers(0, 9))
        plugin = draw(st.sampled_from(("promotions", "loyalty", "shipping", "giftcard")))
        made.append(Rule(plugin, f"rule{number}", stage, draw(st.integers(-300_000, 300_000)), target))
    return made


PRICED = st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 9)), min_size=1, max_size=8)


@given(PRICED, rules(), st.randoms(use_true_random=False))
def test_the_order_of_plugins_does_not_matter(priced: list[tuple[int, int]], made: list[Rule], chance: random.Random) -> None:
    steps = [rule.step() for rule in made]
    shuffled = chance.sample(steps, len(steps))
    assert fold(quote_of(*priced), steps, NO_FACTS) == fold(quote_of(*priced), shuffled, NO_FACTS)


@given(PRICED, rules())
def test_nothing_falls_below_zero(priced: list[tuple[int, int]], made: list[Rule]) -> None:
    quote = fold(quote_of(*priced), [rule.step() for rule in made], NO_FACTS)
    assert min(quote.line_total(line.id).minor for line in quote.lines) >= 0
    assert min(quote.group_total(GroupId(g)).minor for g in GROUPS) >= 0
    assert quote.fees.minor >= 0
    assert quote.total.minor >= 0


@given(PRICED, rules())
def test_parts_add_up_to_the_total(priced: list[tuple[int, int]], made: list[Rule]) -> None:
    quote = fold(quote_of(*priced), [rule.step() for rule in made], NO_FACTS)
    lines = sum(quote.line_total(line.id).minor for line in quote.lines)
    groups = sum(quote.group_total(GroupId(g)).minor for g in GROUPS)
    assert quote.total.minor == lines + groups + quote.fees.minor
    assert quote.total.minor == sum(q.base.minor for q in quote.lines) + sum(a.amount.minor for a in quote.adjustments)


@given(PRICED, rules())
def test_the_totals_are_those_of_an_exact_decimal_model(priced: list[tuple[int, int]], made: list[Rule]) -> None:
    agrees_with_the_model(priced, made)


@pytest.mark.parametrize("carts", [10_000, pytest.param(1_000_000, marks=pytest.mark.heavy)])
def test_random_carts_drift_by_no_minor_unit_and_heed_no_order(carts: int) -> None:
    chance = random.Random(carts)
    for _ in range(carts):
        priced = [(chance.randint(0, 100_000), chance.randint(1, 9)) for _ in range(chance.randint(1, 8))]
        made = [random_rule(chance, number) for number in range(chance.randint(0, 12))]
        quote = agrees_with_the_model(priced, made)
        chance.shuffle(made)
        assert fold(quote_of(*priced), [rule.step() for rule in made], NO_FACTS) == quote


def random_rule(chance: random.Random, number: int) -> Rule:
    stage = chance.choice(list(Stage))
    anywhere = stage is Stage.FEE or (stage is Stage.ORDER and chance.random() < 0.5)
    plugin = chance.choice(("promotions", "loyalty", "shipping", "giftcard"))
    return Rule(plugin, f"rule{number}", stage, chance.randint(-300_000, 300_000), None if anywhere else chance.randint(0, 9))


def agrees_with_the_model(priced: list[tuple[int, int]], made: list[Rule]) -> Quote:
    quote = fold(quote_of(*priced), [rule.step() for rule in made], NO_FACTS)
    model = DecimalModel(priced)
    for stage in Stage:
        model.apply([rule for rule in made if rule.stage is stage])
    assert quote.total.amount == model.total()
    assert quote.fees.amount == model.targets["fees"]
    assert [quote.group_total(GroupId(g)).amount for g in GROUPS] == [model.targets[g] for g in GROUPS]
    goods = sum((quote.line_total(line.id) for line in quote.lines), usd(0))
    assert goods.amount == model.goods()
    return quote


class DecimalModel:
    """The same rules in decimals of major units, on the whole: what each target is worth after each stage.

    An order-level amount is worth itself wherever it lands, as long as the lines can bear it; what they can't bear is cut.
    So each stage is a sum per target, cut at zero; for order-level amounts per line, by the same largest remainder.
    """

    def __init__(self, priced: Sequence[tuple[int, int]]) -> None:
        self.lines = [f"l{i}" for i in range(len(priced))]
        self.targets = {f"l{i}": Decimal(price * quantity) / 100 for i, (price, quantity) in enumerate(priced)}
        self.targets |= {g: Decimal(0) for g in (*GROUPS, "fees")}

    def apply(self, made: Iterable[Rule]) -> None:
        changes = dict.fromkeys(self.targets, Decimal(0))
        for rule in made:
            for target, amount in self.landing(rule):
                changes[target] += amount
        for target, change in changes.items():
            self.targets[target] = max(self.targets[target] + change, Decimal(0))

    def landing(self, rule: Rule) -> Iterable[tuple[str, Decimal]]:
        amount = Decimal(rule.minor) / 100
        if rule.stage is Stage.FEE:
            return [("fees", amount)]
        if rule.stage in (Stage.SHIPPING, Stage.SHIPPING_DISCOUNT):
            return [(GROUPS[(rule.target or 0) % 2], amount)]
        if rule.target is not None:
            return [(self.lines[rule.target % len(self.lines)], amount)]
        return self.shared(amount)

    def shared(self, amount: Decimal) -> list[tuple[str, Decimal]]:
        """`amount` over the lines in proportion to their worth, whole cents, the largest fractions rounded up."""
        with localcontext(prec=60):
            worth = [self.targets[line] for line in self.lines]
            if not any(worth):
                worth = [Decimal(1)] * len(worth)
            exact = [abs(amount) * one / sum(worth) for one in worth]
            cents = [one.quantize(Decimal("0.01"), rounding="ROUND_DOWN") for one in exact]
            left = int((abs(amount) - sum(cents)) * 100)
            # fractions that are equal in truth may differ in the 60th digit: compare them at the 40th
            by_fraction = sorted(range(len(worth)), key=lambda i: (-round(exact[i] - cents[i], 40), i))
            for i in by_fraction[:left]:
                cents[i] += Decimal("0.01")
            return [(line, one if amount > 0 else -one) for line, one in zip(self.lines, cents, strict=True)]

    def goods(self) -> Decimal:
        return sum((self.targets[line] for line in self.lines), Decimal(0))

    def total(self) -> Decimal:
        return sum(self.targets.values(), Decimal(0))


def one(name: str, stage: Stage, minor: int, plugin: str = "promotions", **target: str) -> PricingStep:
    adjustment = Adjustment(name, name, usd(minor), stage, **target)  # type: ignore[arg-type]
    return PricingStep(name, stage, lambda quote, facts: [adjustment], plugin, "2.1")


def test_an_order_discount_lands_on_the_lines_by_their_worth() -> None:
    quote = fold(quote_of((1000, 1), (500, 4)), [one("ten", Stage.ORDER, -1000)], NO_FACTS)
    assert [(a.line, a.amount.minor) for a in quote.adjustments] == [("l0", -333), ("l1", -667)]
    assert (quote.subtotal, quote.discount, quote.total) == (usd(3000), usd(-1000), usd(2000))


def test_a_discount_larger_than_its_line_is_cut_and_the_cut_recorded() -> None:
    quote = fold(quote_of((1000, 1)), [one("big", Stage.LINE, -1500, line="l0")], NO_FACTS)
    (adjustment,) = quote.adjustments
    assert (adjustment.amount, adjustment.cut) == (usd(-1000), usd(500))
    assert quote.total == usd(0)


def test_two_discounts_share_a_cut_in_proportion() -> None:
    steps = [one("a", Stage.LINE, -900, line="l0"), one("b", Stage.LINE, -300, line="l0")]
    quote = fold(quote_of((1000, 1)), steps, NO_FACTS)
    assert [(a.code, a.amount.minor, a.cut) for a in quote.adjustments] == [("a", -750, usd(150)), ("b", -250, usd(50))]


def test_a_step_sees_earlier_stages_and_none_of_its_own() -> None:
    seen: dict[str, int] = {}

    def look(name: str) -> PricingStep:
        def propose(quote: Quote, facts: PricingFacts) -> list[Adjustment]:
            seen[name] = quote.line_total(LineId("l0")).minor
            return [Adjustment(name, name, usd(-100), Stage.LINE, line=LineId("l0"))]

        return PricingStep(name, Stage.LINE, propose, name, "1")

    catalog = one("sale", Stage.CATALOG, -200, line="l0")
    quote = fold(quote_of((1000, 1)), [look("a"), catalog, look("b")], NO_FACTS)
    assert seen == {"a": 800, "b": 800}
    assert quote.line_total(LineId("l0")) == usd(600)


def test_each_adjustment_says_who_made_it() -> None:
    quote = fold(quote_of((1000, 1)), [one("sale", Stage.ORDER, -1, plugin="promotions")], NO_FACTS)
    assert [(a.source.plugin, a.source.version, a.source.rule) for a in quote.adjustments] == [("promotions", "2.1", "sale")]


IN_EUROS = Adjustment("x", "x", Money(1, "EUR"), Stage.FEE)


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (one("x", Stage.LINE, 1, line="l9"), "there is no line l9"),
        (one("x", Stage.SHIPPING, 1, group="g9"), "there is no delivery group g9"),
        (one("x", Stage.LINE, 1), "stage LINE needs another target"),
        (one("x", Stage.FEE, 1, line="l0"), "stage FEE needs another target"),
        (one("x", Stage.ORDER, 1, group="g1"), "stage ORDER needs another target"),
        (replace(one("x", Stage.LINE, 1, line="l0"), stage=Stage.FEE), "proposed for stage LINE, but runs in FEE"),
        (PricingStep("x", Stage.FEE, lambda q, f: [IN_EUROS], "promotions"), "EUR for a cart in USD"),
        (PricingStep("x", Stage.FEE, lambda q, f: [1 / 0], "promotions"), "ZeroDivisionError"),  # type: ignore[list-item]
    ],
)  # fmt: skip
def test_a_bad_proposal_names_the_plugin_and_the_step(step: PricingStep, complaint: str) -> None:
    with pytest.raises(BadProposal, match=complaint) as caught:
        fold(quote_of((1000, 1)), [step], NO_FACTS)
    assert caught.value.plugin == "promotions"
    assert "pricing step x" in str(caught.value)


def test_a_step_that_refuses_is_signed_by_its_plugin() -> None:
    def refuse(quote: Quote, facts: PricingFacts) -> list[Adjustment]:
        raise Refused(Problem("points_short", "Not enough points."))

    with pytest.raises(Refused) as caught:
        fold(quote_of((1000, 1)), [PricingStep("redeem", Stage.ORDER, refuse, "loyalty")], NO_FACTS)
    assert [(p.code, p.plugin) for p in caught.value.problems] == [("points_short", "loyalty")]


def test_a_quote_without_steps_is_its_lines() -> None:
    quote = fold(quote_of((1000, 2), (250, 4)), [], NO_FACTS)
    assert (quote.subtotal, quote.total, quote.adjustments) == (usd(3000), usd(3000), ())


def test_an_unknown_line_has_no_total() -> None:
    with pytest.raises(KeyError):
        quote_of((1, 1)).line_total(LineId("nope"))

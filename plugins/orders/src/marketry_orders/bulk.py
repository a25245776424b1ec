"""What can be done to several orders at once."""

from collections.abc import Sequence

from marketry import Context, Refused
from marketry.web.values import BulkAction
from marketry_orders import staff_actions as staff
from marketry_orders import staff_requests as asked
from marketry_orders.dossier import order_numbered
from marketry_orders.fulfilling import proposed_parcels


def bulk_actions(ctx: Context) -> Sequence[BulkAction]:
    return (BulkAction("send", ctx.gettext("Pack and send all that is open"), staff.FULFILMENT, send_all),)


def send_all(ctx: Context, numbers: Sequence[str]) -> str:
    """Pack what is proposed for each order and send it; one that refuses is named and doesn't stop the others."""
    sent, refused = 0, []
    for number in numbers:
        try:
            sent += _send(ctx, number)
        except Refused as refusal:
            refused.append(f"{number}: {refusal.problems[0].message}")
    told = ctx.ngettext("One parcel sent.", "%(n)s parcels sent.", sent)
    return " ".join([told, *refused])


def _send(ctx: Context, number: str) -> int:
    with ctx.reading():
        plans = proposed_parcels(ctx, order_numbered(ctx, number))
    for plan in plans:
        parcel = staff.pack_parcel(ctx, number, asked.Pack(lines=dict(plan.lines), location=plan.location))
        staff.ship(ctx, number, asked.Ship(parcel=parcel.id))
    return len(plans)

"""The back office's page of comparing the ledger with the providers' own books."""

from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select
from sqlmodel import col

from marketry.audit import audit
from marketry.commerce.money import Money
from marketry.commerce.payment import PaymentProvider
from marketry.problems import not_found
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_orders.models import Discrepancy, Order, Payment, ReconciledDay
from marketry_orders.order_words import wording
from marketry_orders.reconciling import comparable, settle_discrepancy

router = Router(private=True)
DAYS = 14
MOST = 200


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


@router.get("/reconciliation")
@permission("orders.payment.write")
def reconciliation(ctx: Ctx) -> Response:
    """What differs and isn't settled, newest first, and the days that were compared."""
    with ctx.reading() as session:
        found = session.execute(
            select(Discrepancy, col(Order.number))
            .outerjoin(Payment, col(Payment.id) == col(Discrepancy.payment_id))
            .outerjoin(Order, col(Order.id) == col(Payment.order_id))
            .where(col(Discrepancy.settled_at).is_(None))
            .order_by(col(Discrepancy.id).desc())
            .limit(MOST)
        ).all()
        compared = session.scalars(select(ReconciledDay).order_by(col(ReconciledDay.day).desc()).limit(DAYS)).all()
    days = [(day, [Money(minor, currency) for currency, minor in sorted(day.fees.items())]) for day in compared]
    labels = {code: one.label(ctx) for code, one in comparable(ctx).items() if isinstance(one, PaymentProvider)}
    rows = [(row, number, _money(row.ours, row.currency), _money(row.theirs, row.currency)) for row, number in found]
    values: dict[str, Any] = {"rows": rows, "days": days, "labels": labels, "most": MOST, "words": wording(ctx)}
    return render(ctx, "orders/admin/reconciliation.html", **values)


@router.post("/reconciliation/{id}")
@permission("orders.payment.write")
def settle(ctx: Ctx, id: int, form: Form) -> Response:
    note = form.parse(Note).note
    with ctx.writing():
        if not settle_discrepancy(ctx, id, note):
            raise not_found(ctx.gettext("This difference was settled already."), "unknown_discrepancy")
        audit(ctx, "orders.discrepancy.settled", f"discrepancy:{id}", note=note)
    return redirect(ctx, "/admin/reconciliation", ctx.gettext("Settled."))


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)

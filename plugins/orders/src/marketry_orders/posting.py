"""Writing what a provider reports into an attempt's row and into the append-only transactions."""

from dataclasses import replace

from sqlalchemy import select

from marketry import Context
from marketry.commerce.payment import AccountHolder, Action, Entry, Phase, Snapshot, TransactionKind
from marketry_orders.books import ledger_of
from marketry_orders.domain.ledger import OPEN_STATES, Ledger, fold
from marketry_orders.models import Order, Payment, Transaction
from marketry_orders.timeline import record


def post(ctx: Context, order: Order, payment: Payment, snapshot: Snapshot) -> tuple[Entry, ...]:
    """Fold `snapshot` into `payment` and its rows; returns the entries that were new. The order is locked."""
    rows = ctx.session.scalars(select(Transaction).where(Transaction.payment_id == payment.id)).all()  # type: ignore[arg-type]
    _expect(ctx, payment, snapshot)
    before = ledger_of(payment, rows)
    after = fold(before, snapshot)
    new = _append(ctx, order, payment, before, after, snapshot)
    _update(ctx, payment, after, snapshot)
    ctx.session.flush()
    return new


def _expect(ctx: Context, payment: Payment, snapshot: Snapshot) -> None:
    """The account and mode to compare with: the provider's own word, else what the first snapshot said."""
    if payment.account or payment.live is not None:
        return
    provider = ctx.runtime.provider(payment.provider)
    known = provider.account(ctx) if isinstance(provider, AccountHolder) else (snapshot.account, snapshot.live)
    payment.account, payment.live = known


def _append(ctx: Context, order: Order, payment: Payment, before: Ledger, after: Ledger, snapshot: Snapshot) -> tuple[Entry, ...]:
    messages = {replace(e, message="", key=""): e.message for e in snapshot.entries}
    new = sorted(after.entries - before.entries, key=lambda e: (e.kind, e.remote_id, e.phase, e.amount.minor))
    for entry in new:
        ctx.session.add(
            Transaction(
                order_id=order.id,
                payment_id=payment.id,
                kind=entry.kind,
                phase=entry.phase,
                amount=entry.amount.minor,
                currency=entry.amount.currency,
                remote_id=entry.remote_id,
                message=messages[entry][:500],
                at=ctx.now(),
            )
        )
        record(
            ctx,
            order,
            f"payment.{entry.kind}.{entry.phase}",
            public=entry.phase is Phase.SUCCEEDED and _money(entry),
            payment=payment.id,
            provider=payment.label or payment.provider,
            amount=entry.amount.minor,
            currency=entry.amount.currency,
            remote_id=entry.remote_id,
        )
    return tuple(new)


def _money(entry: Entry) -> bool:
    return entry.kind in (TransactionKind.CAPTURE, TransactionKind.REFUND)


def _update(ctx: Context, payment: Payment, ledger: Ledger, snapshot: Snapshot) -> None:
    payment.state = ledger.state
    payment.remote_id = payment.remote_id or snapshot.remote_id
    payment.label = snapshot.label or payment.label
    payment.problem = snapshot.problem.message[:500] if snapshot.problem else ""
    payment.problem_code = snapshot.problem.code[:64] if snapshot.problem else ""
    payment.strange = [[m.code, m.detail] for m in sorted(ledger.strange, key=str)]
    payment.needs_review = "; ".join(map(str, ledger.mismatches))[:500]
    if snapshot.expires_at:
        payment.expires_at = snapshot.expires_at
    if ledger.state not in OPEN_STATES:
        payment.action = None
    elif snapshot.action:
        payment.action = action_values(snapshot.action)
    payment.updated_at = ctx.now()


def action_values(action: Action) -> dict[str, object]:
    """An action as it is stored with the payment (JSON)."""
    values: dict[str, object] = {name: getattr(action, name) for name in ("kind", "url", "template") if getattr(action, name, "")}
    values["instructions"] = dict(action.instructions)
    values["expires_at"] = action.expires_at.isoformat() if action.expires_at else None
    return values

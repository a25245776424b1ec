"""What users hold of a person, and forgetting it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from marketry import Context
from marketry.audit import redact_actor
from marketry.web.sessions import end_sessions_of, sessions_of
from marketry_users.address_book import saved_addresses
from marketry_users.customers import by_email, groups_of
from marketry_users.domain.emails import normal
from marketry_users.models import Consent, Customer, CustomerNote, Registration, Subscriber


def export_subject(ctx: Context, who: str) -> Mapping[str, Any]:
    """The account with all that belongs to it; requests for one that nobody confirmed; news without an account."""
    email = _address(who)
    asked = ctx.session.scalars(select(Registration).where(col(Registration.email) == email)).all()
    customer = by_email(ctx, email)
    account = _account(ctx, customer) if customer else None
    requests = [{"email": r.email, "name": r.name, "at": r.created_at.isoformat()} for r in asked]
    news = _news(ctx, email)
    return {"account": account, "requests": requests, "newsletter": news} if account or requests or news else {}


def _news(ctx: Context, email: str) -> list[dict[str, str]]:
    """News that were asked for without an account."""
    rows = ctx.session.scalars(select(Subscriber).where(col(Subscriber.email) == email))
    return [{"email": r.email, "at": r.at.isoformat(), "wording": r.wording, "language": r.locale} for r in rows]


def _account(ctx: Context, customer: Customer) -> dict[str, Any]:
    consents = ctx.session.scalars(select(Consent).where(col(Consent.customer_id) == customer.id).order_by(col(Consent.id)))
    notes = ctx.session.scalars(select(CustomerNote).where(col(CustomerNote.customer_id) == customer.id))
    return {
        "id": customer.id,
        "email": customer.email,
        "name": customer.name,
        "locale": customer.locale,
        "created_at": customer.created_at.isoformat(),
        "signed_in_at": customer.signed_in_at.isoformat() if customer.signed_in_at else None,
        "groups": sorted(groups_of(ctx, customer.id)),
        "addresses": [{"label": one.label, **one.address.as_dict()} for one in saved_addresses(ctx, customer.id)],
        "consents": [{"at": c.at.isoformat(), "given": c.given, "source": c.source, "wording": c.wording} for c in consents],
        "sessions": [
            {"device": s.agent, "address": s.address, "since": s.created_at.isoformat()}
            for s in sessions_of(ctx, "customer", customer.id)
        ],
        "notes": [{"at": n.at.isoformat(), "text": n.text} for n in notes],
    }


def erase_subject(ctx: Context, who: str) -> int:
    """The account goes with its addresses, consents, links and notes, and so do sessions, requests and news; what it did stays in
    the audit trail without its name."""
    email = _address(who)
    rows = 0
    for table in (Registration, Subscriber):
        rows += ctx.session.execute(delete(table).where(col(table.email) == email)).rowcount  # type: ignore[attr-defined]
    customer = by_email(ctx, email)
    if customer is None:
        return int(rows)
    rows += end_sessions_of(ctx, "customer", customer.id) + redact_actor(ctx, customer.id)
    rows += len(saved_addresses(ctx, customer.id)) + 1
    ctx.session.execute(delete(Customer).where(col(Customer.id) == customer.id))
    return int(rows)


def _address(who: str) -> str:
    try:
        return normal(who)
    except ValueError:
        return who.strip().lower()

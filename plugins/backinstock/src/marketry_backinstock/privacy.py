"""The rights of people over what is kept of them here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from marketry import Context
from marketry_backinstock.models import Waiting


def export_waiting(ctx: Context, who: str) -> Mapping[str, Any]:
    rows = ctx.session.scalars(select(Waiting).where(col(Waiting.email) == who).order_by(col(Waiting.id))).all()
    return {"waits_for": [{"sku": r.sku, "state": r.state, "since": r.since.isoformat()} for r in rows]} if rows else {}


def erase_waiting(ctx: Context, who: str) -> int:
    return len(list(ctx.session.scalars(delete(Waiting).where(col(Waiting.email) == who).returning(col(Waiting.id)))))

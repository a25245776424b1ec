"""Who wants news: customers who said so, and subscribers without an account."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlmodel import col

from marketry import Context
from marketry.database import capped_count
from marketry_users.models import Customer, Subscriber
from marketry_users.unsubscribing import unsubscribe_link

LATEST = 100
COUNT_UP_TO = 100_000
FIELDS = ("email", "name", "language", "since", "unsubscribe")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would reckon with


def latest_recipients(ctx: Context) -> tuple[list[Any], int, bool]:
    """The LATEST ones (id, email, name, locale, at), newest first; how many there are, and whether there are more than that."""
    everybody = _recipients()
    rows = ctx.session.execute(everybody.order_by(everybody.selected_columns.at.desc()).limit(LATEST)).all()
    count, capped = capped_count(ctx.session, everybody.with_only_columns(everybody.selected_columns.id), COUNT_UP_TO)
    return list(rows), count, capped


def as_csv(ctx: Context) -> Iterator[str]:
    """All of them, a line at a time, with the link that ends the news of each: for the program that sends the letters."""
    yield _line(FIELDS)
    for row in ctx.session.execute(_recipients().execution_options(yield_per=500)):
        link = unsubscribe_link(ctx.with_locale(row.locale), row.id)
        yield _line((row.email, _harmless(row.name), row.locale, _day(row.at), link))


def _recipients() -> Select[Any]:
    customers: Any = select(
        col(Customer.id), col(Customer.email), col(Customer.name), col(Customer.locale), col(Customer.marketing_at).label("at")
    ).where(col(Customer.marketing).is_(True), col(Customer.blocked_at).is_(None))
    others: Any = select(
        col(Subscriber.id), col(Subscriber.email), literal("").label("name"), col(Subscriber.locale), col(Subscriber.at)
    )
    both = union_all(customers, others).subquery("recipient")
    return select(both.c.id, both.c.email, both.c.name, both.c.locale, both.c.at)


def _line(values: tuple[str, ...]) -> str:
    held = StringIO()
    csv.writer(held).writerow(values)
    return held.getvalue()


def _harmless(text: str) -> str:
    """Names are strangers' words (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _day(at: datetime) -> str:
    return at.date().isoformat()

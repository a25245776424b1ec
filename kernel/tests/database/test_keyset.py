"""Keyset pages: every row once, in order, both ways, whatever is added meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from marketry.database import Database, UTCDateTime, capped_count, paginate
from marketry.problems import Refused

metadata = MetaData()
things = Table("things", metadata, Column("id", Integer, primary_key=True), Column("at", UTCDateTime), Column("name", String(20)))
START = datetime(2026, 1, 1, tzinfo=UTC)
NEWEST = [(things.c.at, "desc"), (things.c.id, "desc")]
MIXED = [(things.c.name, "asc"), (things.c.id, "desc")]


@pytest.fixture
def shop(database: str) -> Iterator[Database]:
    opened = Database(database)
    metadata.create_all(opened.write_engine)
    rows = [{"id": n, "at": START + timedelta(minutes=n // 3), "name": f"n{n % 4}"} for n in range(1, 56)]
    with opened.writing() as session:
        session.execute(insert(things), rows)
    yield opened
    opened.close()


@pytest.mark.parametrize("order", [NEWEST, MIXED])
def test_walking_forward_shows_every_row_once_and_back_again(shop: Database, order: list) -> None:  # type: ignore[type-arg]
    expected = list(range(55, 0, -1))
    if order is MIXED:
        expected = sorted(range(1, 56), key=lambda n: (n % 4, -n))
    pages, cursor = [], None
    with shop.reading() as session:
        while True:
            page = paginate(session, select(things.c.id, things.c.name), order=order, cursor=cursor, limit=10)
            pages.append([row.id for row in page.items])
            cursor = page.next_cursor
            if cursor is None:
                break
        back = [pages[-1]]
        while page.previous_cursor:
            page = paginate(session, select(things.c.id, things.c.name), order=order, cursor=page.previous_cursor, limit=10)
            back.insert(0, [row.id for row in page.items])

    assert [n for page in pages for n in page] == expected
    assert back == pages


def test_a_row_added_on_top_shifts_nothing(shop: Database) -> None:
    with shop.reading() as session:
        first = paginate(session, select(things.c.id), order=NEWEST, limit=5)
    with shop.writing() as session:
        session.execute(insert(things), {"id": 99, "at": START + timedelta(days=1), "name": "late"})
    with shop.reading() as session:
        second = paginate(session, select(things.c.id), order=NEWEST, cursor=first.next_cursor, limit=5)

    assert first.items == [55, 54, 53, 52, 51]
    assert second.items == [50, 49, 48, 47, 46]


FOREIGN = ["x", "WyJuIl0", "bnVsbA", "WyJuIiwxLDJd", "é", "WyJuIiwiMjAyNi0wMS0wMVQwMDowMDowMCIsMV0", "[" * 5000]


@pytest.mark.parametrize("cursor", FOREIGN)
def test_what_is_no_cursor_of_the_list_is_refused_with_its_field(shop: Database, cursor: str) -> None:
    with pytest.raises(Refused) as refusal, shop.reading() as session:
        paginate(session, select(things.c.id), order=NEWEST, cursor=cursor)

    (problem,) = refusal.value.problems
    assert (problem.code, problem.field, problem.status) == ("bad_cursor", "cursor", 422)


def test_counting_stops_at_the_cap_and_says_so(shop: Database) -> None:
    with shop.reading() as session:
        assert capped_count(session, select(things), cap=50) == (50, True)
        assert capped_count(session, select(things), cap=55) == (55, False)

"""Units of work: what commits, what rolls back, what waits, what may only read."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from marketry.database import Database
from marketry.database.session import after_commit

metadata = MetaData()
counter = Table("counter", metadata, Column("id", Integer, primary_key=True), Column("n", Integer), Column("name", String(10)))


@pytest.fixture
def shop(database: str) -> Iterator[Database]:
    opened = Database(database)
    metadata.create_all(opened.write_engine)
    with opened.writing() as session:
        session.execute(insert(counter), [{"id": 1, "n": 0}, {"id": 2, "n": 0}])
    yield opened
    opened.close()


def value(shop: Database, id: int = 1) -> int:
    with shop.reading() as session:
        return session.execute(select(counter.c.n).where(counter.c.id == id)).scalar_one()


def test_writing_commits_at_the_end_and_rolls_back_on_any_exception(shop: Database) -> None:
    with shop.writing() as session:
        session.execute(update(counter).values(n=7))
    with pytest.raises(KeyboardInterrupt):
        _interrupted(shop)

    assert value(shop) == 7


def _interrupted(shop: Database) -> None:
    with shop.writing() as session:
        session.execute(update(counter).values(n=8))
        raise KeyboardInterrupt


def test_a_reading_session_cannot_write(shop: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), shop.reading() as session:
        session.execute(update(counter).values(n=8))

    assert value(shop) == 0


def test_reading_sees_what_others_commit_between_two_of_its_statements(shop: Database) -> None:
    with shop.reading() as session:
        assert session.execute(select(counter.c.n).where(counter.c.id == 1)).scalar_one() == 0
        with shop.writing() as other:
            other.execute(update(counter).values(n=3))
        assert session.execute(select(counter.c.n).where(counter.c.id == 1)).scalar_one() == 3


def test_after_commit_runs_once_committed_and_never_after_a_rollback(shop: Database) -> None:
    heard: list[str] = []
    with shop.writing() as session:
        after_commit(session, lambda: heard.append("committed"))
        assert heard == []

    def refused() -> None:
        with shop.writing() as session:
            after_commit(session, lambda: heard.append("rolled back"))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        refused()

    assert heard == ["committed"]


def test_eight_threads_count_to_400_without_a_lock_error(shop: Database) -> None:
    failures: list[BaseException] = []

    def count() -> None:
        try:
            for _ in range(50):
                with shop.writing() as session:
                    n = session.execute(select(counter.c.n).where(counter.c.id == 1).with_for_update()).scalar_one()
                    session.execute(update(counter).where(counter.c.id == 1).values(n=n + 1))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert value(shop) == 400


def test_a_unit_that_met_a_deadlock_is_run_again_as_a_whole(shop: Database) -> None:
    both_have_one = threading.Barrier(2)
    runs: list[int] = []

    def take(first: int, then: int) -> None:
        tries = 0

        def unit(session) -> None:  # type: ignore[no-untyped-def]
            nonlocal tries
            tries += 1
            runs.append(first)
            session.execute(update(counter).where(counter.c.id == first).values(n=counter.c.n + 1))
            if tries == 1 and shop.dialect == "postgresql":
                both_have_one.wait(10)
            session.execute(update(counter).where(counter.c.id == then).values(n=counter.c.n + 1))

        shop.run(unit)

    threads = [threading.Thread(target=take, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (value(shop, 1), value(shop, 2)) == (2, 2)
    assert len(runs) == (3 if shop.dialect == "postgresql" else 2)


def test_sqlite_runs_wal_full_sync_and_foreign_keys_on_every_write_connection(tmp_path: Path) -> None:
    shop = Database(f"sqlite:///{tmp_path}/shop.sqlite3")
    with shop.writing() as session:
        names = ("journal_mode", "synchronous", "foreign_keys")
        settings = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in names}
    shop.close()

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_second_unit_of_work_inside_the_first_is_refused_at_once_on_sqlite(tmp_path: Path) -> None:
    shop = Database(f"sqlite:///{tmp_path}/shop.sqlite3")
    with shop.writing(), pytest.raises(RuntimeError, match="writing already"), shop.writing():
        pass
    with shop.writing() as session:
        session.execute(text("SELECT 1"))
    shop.close()


def test_a_statement_over_its_time_is_ended_on_postgresql(database: str) -> None:
    if database.startswith("sqlite"):
        pytest.skip("SQLite has no statement time-out; its statements are local")
    shop = Database(database, statement_timeout=0.2)
    with pytest.raises(DBAPIError, match="statement timeout"), shop.reading() as session:
        session.execute(text("SELECT pg_sleep(5)"))
    shop.close()


@pytest.mark.parametrize("url", ["mysql://localhost/shop", "sqlite://", "sqlite:///:memory:"])
def test_databases_that_cannot_keep_a_shop_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        Database(url)

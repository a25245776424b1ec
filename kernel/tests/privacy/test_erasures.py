"""Erasures of people: done in every plugin that runs, waiting for those that don't, and done again after a restore."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import text

from marketry import Plugin
from marketry.cli import main
from marketry.database.readiness import make_ready
from marketry.jobs.running import run_pending
from marketry.privacy import erase_person, erasures, export_person, replay, tend
from marketry.privacy.journal import read_journal
from marketry.testing.inline import inline_plugin
from marketry.testing.servers import free_port
from marketry.web.values import SYSTEM

START = datetime(2026, 6, 1, tzinfo=UTC)


class Letters:
    """A plugin's rows of personal data, in a table of its own; `asked` notes each call."""

    def __init__(self, id: str) -> None:
        self.id, self.asked = id, list[tuple[str, str]]()

    def erase(self, ctx: Any, who: str, customer: str) -> int:
        self.asked.append((who, customer))
        return int(ctx.session.execute(text(f"DELETE FROM {self.id}_letter WHERE who = :who"), {"who": who}).rowcount)

    def plugin(self) -> Any:
        return inline_plugin(
            Plugin(self.id, self.id.title()),
            erase_subject=lambda ctx, who, customer: self.erase(ctx, who, customer),
            export_subject=lambda ctx, who: {"letters": self.of(ctx, who)},
        )

    def of(self, ctx: Any, who: str) -> list[str]:
        return list(ctx.session.scalars(text(f"SELECT body FROM {self.id}_letter WHERE who = :who"), {"who": who}))


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def letters() -> tuple[Letters, Letters]:
    return Letters("post"), Letters("diary")


@pytest.fixture
def site(database: str, make_site: Any, letters: Any, clock: Clock) -> Any:
    """Boots the site with the plugins named; the first time it makes their tables and a letter of Ada in each."""

    def start(*enabled: str, more: str = "") -> Any:
        wanted = [one.plugin() for one in letters if one.id in enabled]
        return make_site(extra=wanted, clock=clock, more=more)

    first = start("post", "diary")
    with first.database.writing() as session:
        for one in letters:
            session.execute(text(f"CREATE TABLE {one.id}_letter (who VARCHAR(99), body VARCHAR(99))"))
            write(session, one.id, "ada@example.com")
            session.execute(
                text("INSERT INTO kernel_plugin_schema (plugin, revision, min_version, applied_at) VALUES (:id, '1', '0', :at)"),
                {"id": one.id, "at": START},
            )
    first.close()
    return start


def write(session: Any, plugin: str, who: str) -> None:
    session.execute(text(f"INSERT INTO {plugin}_letter VALUES (:who, 'Dear diary')"), {"who": who})


def left(runtime: Any, *plugins: str) -> list[int]:
    with runtime.database.reading() as session:
        return [session.execute(text(f"SELECT count(*) FROM {one}_letter")).scalar_one() for one in plugins]


def erase(runtime: Any) -> int:
    with (ctx := runtime.context(actor=SYSTEM)).writing():
        return erase_person(ctx, " Ada@Example.com ")


def test_every_plugin_forgets_at_once_and_staff_see_when_but_not_whom(site: Any) -> None:
    runtime = site("post", "diary")
    assert erase(runtime) == 2
    with (ctx := runtime.context()).reading() as session:
        (state,) = erasures(ctx)
        assert (dict(state.done), state.waiting, state.rows) == ({"kernel": START, "post": START, "diary": START}, [], 2)
        assert "@example" not in str(session.execute(text("SELECT * FROM kernel_erasure")).all()).lower()


def test_a_disabled_plugin_is_named_waits_and_forgets_when_it_runs_again(site: Any, letters: Any) -> None:
    post, diary = letters
    without = site("post")
    with (ctx := without.context()).reading():
        assert export_person(ctx, "ada@example.com") == {"post": {"letters": ["Dear diary"]}, "not_asked": ["diary"]}
    assert (erase(without), left(without, "post", "diary")) == (1, [0, 1])
    with (ctx := without.context()).reading():
        assert erasures(ctx)[0].waiting == ["diary"]
    again = site("post", "diary")
    tend(again.context(actor=SYSTEM))
    assert left(again, "post", "diary") == [0, 0]
    assert (post.asked, diary.asked) == ([("ada@example.com", "")], [("ada@example.com", "")])
    with (ctx := again.context()).reading():
        assert erasures(ctx)[0].waiting == []


def test_who_comes_back_is_not_erased_by_what_they_asked_for_before(site: Any) -> None:
    without = site("post")
    erase(without)
    with without.database.writing() as session:
        write(session, "post", "ada@example.com")
    again = site("post", "diary")
    tend(again.context(actor=SYSTEM))
    assert left(again, "post", "diary") == [1, 0]


def backed_up(runtime: Any, folder: Path) -> Any:
    """A copy of the database as it is now; call the answer to put it back."""
    if runtime.database.dialect == "sqlite":
        with runtime.database.writing() as session:
            session.connection().exec_driver_sql("SELECT 1")
        path = Path(runtime.database.url.database)
        import sqlite3

        source, copy = sqlite3.connect(path), sqlite3.connect(folder / "copy.sqlite3")
        with source, copy:
            source.backup(copy)
        source.close(), copy.close()

        def put_back() -> None:
            for ending in ("-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            shutil.copy(folder / "copy.sqlite3", path)

        return put_back
    names = ("kernel_erasure", "kernel_erasure_part", "post_letter", "diary_letter")
    with runtime.database.reading() as session:
        kept = {name: [dict(row._mapping) for row in session.execute(text(f"SELECT * FROM {name}"))] for name in names}

    def put_back_rows() -> None:
        with runtime.database.writing() as session:
            for name in reversed(names):
                session.execute(text(f"DELETE FROM {name}"))
            for name in names:
                for row in kept[name]:
                    places = ", ".join(f":{column}" for column in row)
                    session.execute(text(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})"), row)

    return put_back_rows


def test_a_restored_database_forgets_again_whom_it_got_back(site: Any, tmp_path: Path) -> None:
    runtime = site("post", "diary")
    put_back = backed_up(runtime, tmp_path)
    erase(runtime)
    run_pending(runtime)
    assert left(runtime, "post", "diary") == [0, 0]
    runtime.close()
    put_back()
    restored = site("post", "diary")
    assert left(restored, "post", "diary") == [1, 1]
    done = replay(restored.context(actor=SYSTEM))
    assert (done.regained, done.carried_out, done.rows) == (1, 1, 2)
    assert left(restored, "post", "diary") == [0, 0]
    assert replay(restored.context(actor=SYSTEM)).rows == 0


def test_a_restored_file_needs_no_command_starting_is_enough(make_site: Any, site: Any, tmp_path: Path) -> None:
    runtime = site("post", "diary")
    if runtime.database.dialect != "sqlite":
        pytest.skip("a PostgreSQL database is migrated by hand")
    put_back = backed_up(runtime, tmp_path)
    erase(runtime)
    run_pending(runtime)
    runtime.close()
    put_back()
    restored = site("post", "diary")
    make_ready(restored)
    assert left(restored, "post", "diary") == [0, 0]


def test_migrate_does_it_too_and_the_command_says_what_it_did(
    site: Any, tmp_path: Path, capsys: Any, monkeypatch: Any, make_site: Any
) -> None:
    runtime = site("post", "diary")
    put_back = backed_up(runtime, tmp_path)
    erase(runtime)
    run_pending(runtime)
    runtime.close()
    put_back()
    for name, value in make_site.environ.items():
        monkeypatch.setenv(name, value)
    folder = str(make_site.folder / "site")
    main(["--site", folder, "migrate"])
    assert "Erasures of people: 0 rows erased again, 0 unreadable." in capsys.readouterr().out
    main(["--site", folder, "person", "replay"])
    assert "0 erasures out of the journal, 0 carried out, 0 rows erased." in capsys.readouterr().out
    restored = site("post", "diary")  # the command knows no plugins of a test: theirs wait until they run
    tend(restored.context(actor=SYSTEM))
    assert left(restored, "post", "diary") == [0, 0]


def test_the_journal_is_sealed_written_once_and_only_after_the_erasure_was_committed(site: Any) -> None:
    runtime = site("post", "diary")
    folder = runtime.site.var_dir / "erasures"
    with (ctx := runtime.context(actor=SYSTEM)).writing() as session:
        erase_person(ctx, "ada@example.com")
        session.rollback()
    run_pending(runtime)
    assert (left(runtime, "post"), folder.exists()) == ([1], False)
    erase(runtime)
    run_pending(runtime)
    (entry,) = folder.iterdir()
    before = entry.read_bytes()
    assert b"@example" not in before.lower()
    assert entry.name.startswith("20260601T000000-")
    tend(runtime.context(actor=SYSTEM))
    assert entry.read_bytes() == before
    with (ctx := runtime.context()).reading():
        assert erasures(ctx)[0].in_journal


def test_after_its_time_it_is_forgotten_whom_one_has_forgotten_unless_somebody_still_has_to(site: Any, clock: Clock) -> None:
    runtime = site("post")
    erase(runtime)
    run_pending(runtime)
    clock.now = START + timedelta(days=401)
    tend(runtime.context(actor=SYSTEM))
    assert len(list(read_journal(runtime))) == 1  # the diary still has to
    both = site("post", "diary")
    tend(both.context(actor=SYSTEM))
    assert (list(read_journal(both)), left(both, "diary")) == ([], [0])
    with (ctx := both.context()).reading():
        assert erasures(ctx) == []


def test_how_long_is_the_sites_to_say(site: Any, clock: Clock) -> None:
    runtime = site("post", "diary", more="[privacy]\nkeep_days = 30")
    erase(runtime)
    clock.now = START + timedelta(days=29)
    tend(runtime.context(actor=SYSTEM))
    assert len(list(read_journal(runtime))) == 1
    clock.now = START + timedelta(days=31)
    tend(runtime.context(actor=SYSTEM))
    assert list(read_journal(runtime)) == []


def test_an_erasure_under_a_lost_key_is_told_and_stops_no_other(site: Any) -> None:
    runtime = site("post")
    erase(runtime)
    with runtime.database.writing() as session:
        session.execute(text("UPDATE kernel_erasure SET sealed = 'gAAAAAnot-ours'"))
    erase(runtime)
    both = site("post", "diary")
    done = replay(both.context(actor=SYSTEM))
    assert (done.unreadable, done.carried_out, left(both, "diary")) == (1, 1, [0])


def test_in_object_storage_the_journal_works_the_same(make_site: Any, monkeypatch: Any) -> None:
    import boto3

    port = free_port()
    server = ThreadedMotoServer(port=port)
    server.start()
    try:
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **keys).create_bucket(Bucket="shop")
        media = {
            "url": "s3://shop/media", "endpoint": f"http://127.0.0.1:{port}", "region": "us-east-1", "access_key_id": "key",
            "secret_access_key": "secret",
        }  # fmt: skip
        runtime = make_site(more="[media]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in media.items()))
        erase(runtime)
        run_pending(runtime)
        (entry,) = read_journal(runtime)
        with runtime.database.writing() as session:
            session.execute(text("DELETE FROM kernel_erasure"))
        assert replay(runtime.context(actor=SYSTEM)).regained == 1
        with (ctx := runtime.context()).reading():
            assert [state.id for state in erasures(ctx)] == [entry.id]
    finally:
        server.stop()

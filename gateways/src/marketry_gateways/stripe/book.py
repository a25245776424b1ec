"""The twin's own book: objects as the API shows them, entries of money, answers under idempotency keys. SQLite."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from marketry_gateways.stripe.errors import Json, StripeRefusal

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, kind TEXT, account TEXT,
  livemode INTEGER, due INTEGER, body TEXT);
CREATE INDEX IF NOT EXISTS objects_due ON objects (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, account, livemode, seq);
CREATE TABLE IF NOT EXISTS entries (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, account TEXT, livemode INTEGER,
  debit TEXT, credit TEXT, amount INTEGER CHECK (amount > 0), currency TEXT, why TEXT, source TEXT, payment_intent TEXT);
CREATE TABLE IF NOT EXISTS answers (account TEXT, livemode INTEGER, key TEXT, at INTEGER, path TEXT, params TEXT,
  status INTEGER, body TEXT, request TEXT, PRIMARY KEY (account, livemode, key));
"""


class Book:
    """One connection, one lock: a transaction is alone. In memory without a path."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._base = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._base.executescript(_TABLES)
        self._depth = 0
        self._later: list[Callable[[], None]] = []

    def close(self) -> None:
        """Lay the book down."""
        with self._lock:
            self._base.close()

    def wipe(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in ("objects", "entries", "answers"):
                self._base.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed names

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, except that a refusal may ask for what went before to be kept. Nested ones join in."""
        with self._lock:
            if self._depth:
                yield
                return
            self._base.execute("BEGIN IMMEDIATE")
            self._depth, self._later = 1, []
            try:
                yield
            except BaseException as error:
                self._finish(keep=isinstance(error, StripeRefusal) and error.kept)
                raise
            self._finish(keep=True)

    def _finish(self, *, keep: bool) -> None:
        self._depth, later, self._later = 0, self._later, []
        self._base.execute("COMMIT" if keep else "ROLLBACK")
        for act in later if keep else ():
            act()

    def after_commit(self, act: Callable[[], None]) -> None:
        """Do this once the open transaction is in the book."""
        self._later.append(act)

    def put(self, body: Json, account: str, livemode: bool) -> None:
        """Write an object, new or changed; its place in lists stays. ``_due`` is when time changes it."""
        with self._lock:
            self._base.execute(
                "INSERT INTO objects (id, kind, account, livemode, due, body) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET body = excluded.body, due = excluded.due",
                (body["id"], body["object"], account, livemode, body.get("_due"), json.dumps(body)),
            )

    def find(self, id: str) -> tuple[Json, str, bool] | None:
        """An object with its account and mode."""
        with self._lock:
            row = self._base.execute("SELECT body, account, livemode FROM objects WHERE id = ?", (id,)).fetchone()
        return (json.loads(row[0]), row[1], bool(row[2])) if row else None

    def all(self, kind: str, account: str | None = None, livemode: bool | None = None) -> list[Json]:
        """Objects of a kind, newest first; of every account and mode where none is named."""
        with self._lock:
            rows = self._base.execute(
                "SELECT body FROM objects WHERE kind = ?1 AND (?2 IS NULL OR account = ?2) AND (?3 IS NULL OR livemode = ?3)"
                " ORDER BY seq DESC",
                (kind, account, livemode),
            ).fetchall()
        return [json.loads(body) for (body,) in rows]

    def due(self, now: int) -> list[tuple[Json, str, bool]]:
        """Objects for which something happens by itself at ``_due`` or before, oldest first, with account and mode."""
        with self._lock:
            rows = self._base.execute(
                "SELECT body, account, livemode FROM objects WHERE due <= ? ORDER BY due, seq", (now,)
            ).fetchall()
        return [(json.loads(body), account, bool(livemode)) for body, account, livemode in rows]

    def enter(self, entry: Json) -> None:
        """Write an entry: money from the credited to the debited account."""
        names = ("at", "account", "livemode", "debit", "credit", "amount", "currency", "why", "source", "payment_intent")
        with self._lock:
            self._base.execute(
                f"INSERT INTO entries ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608 - fixed names
                [entry[name] for name in names],
            )

    def entries(self) -> list[Json]:
        """Every movement of money, oldest first."""
        with self._lock:
            found = self._base.execute("SELECT * FROM entries ORDER BY seq")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) | {"livemode": bool(row[3])} for row in found]

    def answer(self, account: str, livemode: bool, key: str, since: int) -> Json | None:
        """What was answered under an idempotency key no older than ``since``."""
        with self._lock:
            self._base.execute("DELETE FROM answers WHERE at < ?", (since,))
            found = self._base.execute(
                "SELECT path, params, status, body, request FROM answers WHERE account = ? AND livemode = ? AND key = ?",
                (account, livemode, key),
            )
            row = found.fetchone()
        return dict(zip(("path", "params", "status", "body", "request"), row, strict=True)) if row else None

    def remember(self, account: str, livemode: bool, key: str, at: int, answer: Json) -> None:
        """Keep an answer under an idempotency key."""
        fields = [answer[name] for name in ("path", "params", "status", "body", "request")]
        with self._lock:
            self._base.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (account, livemode, key, at, *fields))

"""The journal of erasures outside the database, so that a restored database can forget again whom it has got back.

An entry is a file of its own, sealed, never changed: `erasures/20260601T120000-<id>` in the bucket of the media, or in `var/`
where they lie in a folder. Back it up apart from the database, and never put an older one over it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from marketry.media.stores import Bucket, Folder, Store
from marketry.privacy.tables import ERASURES

if TYPE_CHECKING:
    from marketry.context import Context
    from marketry.runtime import Runtime

PREFIX = "erasures"
MOST = 100_000  # entries read at once; forgotten ones are gone


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    sealed: str
    asked_at: datetime

    @property
    def name(self) -> str:
        return f"{PREFIX}/{self.asked_at:%Y%m%dT%H%M%S}-{self.id}"


def journal_of(runtime: "Runtime") -> Store:
    """Where the journal lies."""
    settings = runtime.site.table("media")
    url = str(settings.get("url") or "")
    return Bucket(url, settings) if url.startswith("s3://") else Folder(runtime.site.var_dir)


def is_near(runtime: "Runtime") -> bool:
    """Whether the journal lies on this machine: then it is read at every start, which must not wait for a bucket."""
    return isinstance(journal_of(runtime), Folder)


def write_missing(ctx: "Context") -> int:
    """Write entries for erasures that the journal lacks; returns how many. Outside a transaction: a bucket takes its time."""
    with ctx.reading() as session:
        columns = (ERASURES.c.id, ERASURES.c.sealed, ERASURES.c.asked_at)
        missing = [Entry(*row) for row in session.execute(select(*columns).where(ERASURES.c.journaled_at.is_(None)))]
    store = journal_of(ctx.runtime) if missing else None
    for entry in missing:
        assert store is not None  # noqa: S101 – there is something to write
        content = json.dumps({"id": entry.id, "asked_at": entry.asked_at.isoformat(), "sealed": entry.sealed})
        store.write(entry.name, content.encode(), "application/json")
        with ctx.writing() as session:
            session.execute(update(ERASURES).where(ERASURES.c.id == entry.id).values(journaled_at=ctx.now()))
    return len(missing)


def read_journal(runtime: "Runtime") -> Iterator[Entry]:
    """Every entry, the oldest first."""
    store = journal_of(runtime)
    for name in sorted(store.names(PREFIX, MOST)):
        content = store.read(name)
        if content is not None:
            told = json.loads(content)
            yield Entry(told["id"], told["sealed"], datetime.fromisoformat(told["asked_at"]))


def remove(runtime: "Runtime", entry: Entry) -> None:
    journal_of(runtime).remove(entry.name)

"""What must add up, read straight from a site's database: orders, stock, ledger, mails."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import create_engine, text

from marketry.testing.running import RunningSite


class Books:
    """Reads committed rows, from outside of the site's processes."""

    def __init__(self, running: RunningSite) -> None:
        url = running.environment.get("MARKETRY_DATABASE_URL")
        found = running.folder / "var" / "marketry.sqlite3"
        self.engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://") if url else f"sqlite:///{found}")

    def rows(self, query: str, **values: Any) -> Sequence[Any]:
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).all()

    def one(self, query: str, **values: Any) -> Any:
        return self.rows(query, **values)[0][0]

    def close(self) -> None:
        self.engine.dispose()

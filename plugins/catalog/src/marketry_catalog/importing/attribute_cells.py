"""The columns `attribute:<code>` and `attribute:<code>_<locale>` of products.csv."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from marketry_catalog.domain.attributes import AttributeKind, Value, parse_value
from marketry_catalog.importing.cells import LOCALE, Cells
from marketry_catalog.importing.reading import Header
from marketry_catalog.models.attributes import attribute, attribute_value
from marketry_catalog.saving.rows import upsert

_COLUMN = re.compile(rf"attribute:([a-z0-9-]+)(?:_({LOCALE}))?\Z")
_VALUES = select(attribute_value).where(attribute_value.c.product_id.in_(bindparam("products", expanding=True)))
_FORGET = delete(attribute_value).where(
    attribute_value.c.product_id == bindparam("of"), attribute_value.c.attribute_id == bindparam("which")
)


class AttributeCells:
    """Parsed in two steps: cells to texts without the database, texts to values once the attributes are known."""

    def __init__(self, header: Header) -> None:
        self.columns = [(column, match[1], match[2] or "") for column in header.columns if (match := _COLUMN.match(column))]

    def parse(self, cells: Cells) -> dict[str, Any]:
        """code → {locale: text}; an empty cell takes the value away."""
        found: dict[str, Any] = {}
        for column, code, locale in self.columns:
            text = cells.text(column)
            found.setdefault(code, {})
            if text:
                found[code][locale] = text
        return found

    def check(self, session: Session, rows: Sequence[tuple[Cells, Any]]) -> None:
        """Turn the texts of `row.attributes` into (attribute id, Value or None), or note what is wrong."""
        if not self.columns:
            return
        known = {
            r.code: (r.id, AttributeKind(r.code, r.kind, r.decimals, tuple(c["code"] for c in r.choices)))
            for r in session.execute(select(attribute))
        }
        for cells, row in rows:
            parsed: dict[int, Value | None] = {}
            for code, texts in row.attributes.items():
                column = next(c for c, its, _ in self.columns if its == code)
                if code not in known:
                    cells.wrong(column, f"there is no attribute {code!r}")
                    continue
                try:
                    parsed[known[code][0]] = parse_value(known[code][1], texts) if texts else None
                except ValueError as error:
                    cells.wrong(column, str(error))
            row.attributes = parsed


def save_attributes(session: Session, wanted: Mapping[int, Mapping[int, Value | None]]) -> set[int]:
    """Write the values per product; returns the products where something differed."""
    if not wanted:
        return set()
    stored = {
        (r.product_id, r.attribute_id): Value(r.text, r.number, r.choice)
        for r in session.execute(_VALUES, {"products": list(wanted)})
    }
    changed = [
        (of, which, value) for of, values in wanted.items() for which, value in values.items() if stored.get((of, which)) != value
    ]
    gone = [{"of": of, "which": which} for of, which, value in changed if value is None]
    if gone:
        session.connection().execute(_FORGET, gone)
    upsert(
        session,
        attribute_value,
        [
            {"product_id": of, "attribute_id": which, "text": value.text, "number": value.number, "choice": value.choice}
            for of, which, value in changed
            if value is not None
        ],
    )
    return {of for of, _, _ in changed}

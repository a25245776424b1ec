"""attributes.csv: what products can be described and filtered by. A choice is written `code=Text` per locale, joined by `;`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from marketry_catalog.domain.attributes import KINDS
from marketry_catalog.importing.cells import LOCALE, Cells
from marketry_catalog.importing.kind import Kind, Outcome
from marketry_catalog.importing.stored import same
from marketry_catalog.models.attributes import attribute, attribute_value
from marketry_catalog.saving.changes import mark_changed


@dataclass(slots=True)
class AttributeRow:
    key: str
    given: dict[str, Any]


class Attributes(Kind):
    name = "attributes"
    columns = {
        "code": True,
        "kind": True,
        "unit": False,
        "decimals": False,
        "shown": False,
        "filterable": False,
        "position": False,
    }
    patterns = (rf"(name|choices)_({LOCALE})",)

    def parse(self, cells: Cells) -> AttributeRow:
        kind = cells.required("kind", 10)
        if kind not in KINDS:
            cells.wrong("kind", f"{kind!r} is none of {', '.join(KINDS)}")
        decimals = cells.integer("decimals")
        if decimals is not None and decimals > 6:
            cells.wrong("decimals", "there can be no more than 6")
        given = {
            "kind": kind,
            "name": cells.translated("name", self.header.locales("name"), 120),
            "unit": cells.text("unit", 20),
            "decimals": decimals,
            "shown": cells.boolean("shown"),
            "filterable": cells.boolean("filterable"),
            "position": cells.integer("position"),
            "choices": self._choices(cells) if kind == "choice" else None,
        }
        return AttributeRow(cells.handle("code"), {k: v for k, v in given.items() if v is not None})

    def _choices(self, cells: Cells) -> list[dict[str, Any]]:
        found: dict[str, dict[str, str]] = {}
        for locale in self.header.locales("choices"):
            for part in filter(None, (cells.text(f"choices_{locale}") or "").split(";")):
                code, equals, text = (piece.strip() for piece in part.partition("="))
                if not equals or not code or not text:
                    cells.wrong(f"choices_{locale}", f"{part.strip()!r} is not written code=Text")
                found.setdefault(code, {})[locale] = text
        if not found:
            cells.wrong("choices", "a choice needs choices")
        return [{"code": code, "label": label} for code, label in found.items()]

    def check(self, rows: Sequence[tuple[Cells, AttributeRow]]) -> None:
        known = self._known()
        for cells, row in rows:
            old = known.get(row.key)
            if old is not None and old.kind != row.given["kind"]:
                cells.wrong("kind", f"the attribute is a {old.kind}; its products' values would be lost")

    def write(self, rows: Sequence[tuple[Cells, AttributeRow]]) -> Outcome:
        session, outcome, known = self.ctx.session, Outcome(), self._known()
        for _, row in rows:
            old = known.get(row.key)
            if old is None:
                session.execute(insert(attribute), {"code": row.key, **_DEFAULTS, **row.given})
                outcome.created += 1
            elif not same(old, row.given):
                session.execute(update(attribute).where(attribute.c.id == old.id), row.given)
                described = select(attribute_value.c.product_id).where(attribute_value.c.attribute_id == old.id)
                mark_changed(session, list(session.execute(described).scalars()))
                outcome.updated += 1
        return outcome

    def _known(self) -> Mapping[str, Any]:
        return {r.code: r for r in self.ctx.session.execute(select(attribute))}


_DEFAULTS = {"name": {}, "unit": "", "decimals": 0, "choices": [], "shown": True, "filterable": False, "position": 1}

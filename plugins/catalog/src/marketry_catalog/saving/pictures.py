"""The order of a product's pictures: 1, 2, 3 … without gaps, so that lists find the main one at 1."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from marketry_catalog.models.pictures import picture

_PLACES = select(picture.c.id, picture.c.file, picture.c.position).where(picture.c.product_id == bindparam("of"))
_MOVE = update(picture).where(picture.c.id == bindparam("row")).values(position=bindparam("to"))


def renumber(session: Session, of: int, wanted: Mapping[str, int] | None = None) -> None:
    """Number the pictures of product `of` anew; `wanted` maps file names to places, the others keep their order."""
    wanted = wanted or {}
    rows = session.execute(_PLACES, {"of": of}).all()
    ordered = sorted(rows, key=lambda r: (wanted.get(r.file, r.position), r.file not in wanted, r.position))
    moved = [(row.id, place) for place, row in enumerate(ordered, 1) if row.position != place]
    if moved:
        # In two steps: places are unique at every moment.
        session.connection().execute(_MOVE, [{"row": i, "to": -place} for i, place in moved])
        session.connection().execute(_MOVE, [{"row": i, "to": place} for i, place in moved])

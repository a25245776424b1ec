"""The rows of the feed as a file: RSS 2.0 with Google's names, or values apart by tabs."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from xml.sax.saxutils import escape

from marketry import Context
from marketry.web.found import written
from marketry_catalog.feeds.offers import FIELDS, Row

AT_ONCE = 200
TYPES = {"xml": "application/xml; charset=utf-8", "tsv": "text/tab-separated-values; charset=utf-8"}


def as_xml(ctx: Context, rows: Iterable[Row]) -> Iterator[str]:
    """https://support.google.com/merchants/answer/14987622"""
    name, home = _clean(ctx.gettext(ctx.site.name)), written(ctx.url("/", absolute=True))
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n'
        f"<title>{name}</title>\n<link>{escape(home)}</link>\n<description>{name}</description>\n"
    )
    rows = iter(rows)
    while piece := "".join(_item(row) for row in islice(rows, AT_ONCE)):
        yield piece
    yield "</channel>\n</rss>\n"


def as_tsv(ctx: Context, rows: Iterable[Row]) -> Iterator[str]:
    """A header and a row per offer; several pictures stand apart by commas."""
    rows = iter(rows)
    yield _lines([FIELDS])
    while chunk := list(islice(rows, AT_ONCE)):
        yield _lines([[_flat(row.get(field, "")) for field in FIELDS] for row in chunk])


def _item(row: Row) -> str:
    parts = []
    for field in FIELDS:
        value = row.get(field, "")
        parts += [f"<g:{field}>{_clean(one)}</g:{field}>" for one in (value if isinstance(value, list) else [value]) if one]
    return f"<item>{''.join(parts)}</item>\n"


def _lines(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, "excel-tab", lineterminator="\n").writerows(rows)
    return out.getvalue()


def _flat(value: str | list[str]) -> str:
    text = ",".join(value) if isinstance(value, list) else value
    return " ".join(text.split())


def _clean(text: str) -> str:
    """For XML 1.0, which has no control characters."""
    return escape("".join(c for c in text if c >= " " or c in "\n\t"))

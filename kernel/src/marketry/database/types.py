"""Column types that mean the same on SQLite and PostgreSQL.

Whole numbers that may pass 2³¹ (amounts in minor units, counters) take `sa_type=BigInteger`; see `BigId` for keys.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

__all__ = ["BigId", "JSONValue", "Translated", "UTCDateTime", "in_locale"]

# SQLite counts rows only in a column declared INTEGER; there it holds 64 bits anyway.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class JSONValue(TypeDecorator[Any]):
    """JSON (JSONB on PostgreSQL). Changes inside the value are not seen: assign a new value. None is SQL NULL."""

    impl = JSON
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        json = JSONB(none_as_null=True) if dialect.name == "postgresql" else JSON(none_as_null=True)
        return dialect.type_descriptor(json)


class Translated(JSONValue):
    """Text in several languages: `{"en": "Bowl", "zh": "碗"}`; read it with `in_locale`."""

    cache_ok = True

    def process_bind_param(self, value: Mapping[str, str] | None, dialect: Dialect) -> dict[str, str] | None:
        if value is None:
            return None
        if not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
            raise TypeError(f"translated text maps locales to text, got {value!r}")
        return dict(value)


def in_locale(texts: Mapping[str, str] | None, locale: str, fallback: str = "en") -> str:
    """The text in `locale`, else in `fallback`, else any that isn't empty, else ""."""
    if not texts:
        return ""
    return texts.get(locale) or texts.get(fallback) or next((text for text in texts.values() if text), "")

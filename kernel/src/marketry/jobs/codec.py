"""Events as JSON and back. Fields that a newer release added are ignored, those that an older one lacked take their default."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

from marketry.commerce.events import Event

E = TypeVar("E", bound=Event)


_adapters: dict[type[Event], TypeAdapter[Any]] = {}


def _adapter(event: type[Event]) -> TypeAdapter[Any]:
    """Building one takes a millisecond, so once per type."""
    if event not in _adapters:
        _adapters[event] = TypeAdapter(event)
    return _adapters[event]


def encode_event(event: Event) -> dict[str, Any]:
    fields = _adapter(type(event)).dump_python(event, mode="json")
    return {"type": event.type, "version": event.version, "fields": fields}


def decode_event(event: type[E], payload: dict[str, Any]) -> E:
    """The event as its subscriber expects it; ValueError where the stored fields don't fit."""
    decoded: E = _adapter(event).validate_python(payload["fields"])
    return decoded

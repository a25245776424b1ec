"""Logs: one line of JSON (or colour, on a terminal) per event, with the request's id and without secrets."""

import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

log = structlog.stdlib.get_logger("marketry")

request_id: ContextVar[str] = ContextVar("marketry_request_id", default="")

HIDDEN = "[hidden]"
# Names of values that never reach a log, whatever they hold.
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|secret|token|authori[sz]ation|cookie|api_?key|private_?key|session_id|csrf|signature|cvc|card_number",
    re.I,
)
# Secrets inside longer texts: user:password@host, Bearer tokens, provider keys.
_SECRET_TEXT = re.compile(
    r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)|(?<=Bearer )\S+|\b(?:sk|rk|whsec|pk)_(?:live|test)?_?[A-Za-z0-9]{8,}", re.I
)


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace secrets in a log event: by name at any depth, and in texts (exceptions included)."""
    return {name: _redacted(name, value) for name, value in event.items()}


def _redacted(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        return _SECRET_TEXT.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {key: _redacted(str(key), one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted("", one) for one in value]
    return value


def _with_request(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if current := request_id.get():
        event["request"] = current
    return event


def configure_logs(level: str | None = None, *, json: bool | None = None) -> None:
    """Send structlog and the standard library's logs to stderr in one form; JSON unless stderr is a terminal.

    `level` (`DEBUG` … `ERROR`) comes from MARKETRY_LOG_LEVEL where it isn't given; INFO by default.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
        structlog.processors.format_exc_info,
        redact,
    ]
    as_json = not sys.stderr.isatty() if json is None else json
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer], foreign_pre_chain=shared
        )
    )
    chosen = level or os.environ.get("MARKETRY_LOG_LEVEL") or "INFO"
    logging.basicConfig(level=chosen.upper(), handlers=[handler], force=True)

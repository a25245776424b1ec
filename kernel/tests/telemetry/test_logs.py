"""Logs: one JSON line per event, with the request's id, and never a secret."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from marketry.telemetry import configure_logs, request_id


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`logged()` gives what was logged so far, as parsed lines."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    before, level = logging.getLogger().handlers[:], logging.getLogger().level
    configure_logs("INFO", json=True)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers[:], logging.getLogger().level = before, level
    structlog.reset_defaults()


def test_secrets_are_hidden_by_name_at_any_depth(logged: Any) -> None:
    structlog.stdlib.get_logger("t").info(
        "x",
        password="p",
        api_key="k",
        headers={"Authorization": "Bearer abc", "Accept": "html"},
        items=[{"cvc": "123"}],
        order="7KD2",
    )
    (line,) = logged()
    assert (line["password"], line["api_key"], line["headers"], line["items"], line["order"]) == (
        "[hidden]", "[hidden]", {"Authorization": "[hidden]", "Accept": "html"}, [{"cvc": "[hidden]"}], "7KD2",
    )  # fmt: skip


def test_secrets_are_hidden_inside_texts_and_exceptions(logged: Any) -> None:
    log = structlog.stdlib.get_logger("t")
    log.info("connect to postgresql://shop:hunter2@db/shop with Bearer abc.def and sk_live_1234567890")
    try:
        raise ValueError("no route to redis://:hunter2@cache:6379")
    except ValueError:
        log.exception("failed")
    text = json.dumps(logged())
    assert "postgresql://[hidden]@db/shop with Bearer [hidden] and [hidden]" in text
    assert "ValueError: no route to redis://[hidden]@cache:6379" in text
    assert "hunter2" not in text


def test_the_standard_librarys_logs_take_the_same_form(logged: Any) -> None:
    library = logging.getLogger("a.library.of.its.own")  # another test may have taken a real library's handlers away
    library.warning("token=%s", "http://me:secret@host")
    (line,) = [line for line in logged() if line["logger"] == library.name]
    assert (line["event"], line["level"]) == ("token=http://[hidden]@host", "warning")


def test_a_line_carries_the_id_of_its_request(logged: Any) -> None:
    token = request_id.set("r-42")
    structlog.stdlib.get_logger("t").info("x")
    request_id.reset(token)
    structlog.stdlib.get_logger("t").info("y")
    assert [line.get("request") for line in logged()] == ["r-42", None]

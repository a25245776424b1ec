"""How values come out of the database."""

import json

import pytest

from marketry.database.engine import from_json

TEXTS = ["{}", '{"en": "Bowl", "zh": "碗"}', "[1, -2.5, true, null]", '"a"', "7", ' {"a": 1}', '{"a": 1}\n', "7 "]


@pytest.mark.parametrize("text", TEXTS)
def test_json_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert from_json(text) == json.loads(text)


@pytest.mark.parametrize("text", ["", "{", "{} {}", "7x", "nothing"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        from_json(text)

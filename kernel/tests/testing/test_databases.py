"""What a test on PostgreSQL needs, it names."""

import importlib.util

import pytest

from marketry.testing import plugin
from marketry.testing.servers import NoServer


def test_a_missing_driver_is_a_reason_to_skip_and_not_an_error(monkeypatch):
    monkeypatch.setattr(plugin, "find_spec", lambda name: None if name == "psycopg" else importlib.util.find_spec(name))
    with pytest.raises(NoServer, match=r"pip install 'marketry\[postgresql\]'"):
        plugin.postgresql_server()

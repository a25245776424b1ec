"""What a mail says of a line beside its title."""

from types import SimpleNamespace

import pytest

from marketry_orders.mails import _detail

NOTE = {"giftnote": {"note": {"text": "Happy birthday!", "sender": ""}}, "trial": {"engraving": "Ada"}}


@pytest.mark.parametrize(
    ("options", "data", "told"),
    [("", {}, ""), ("Oat", {}, "Oat"), ("Oat", NOTE, "Oat · Happy birthday! · Ada"), ("", NOTE, "Happy birthday! · Ada")],
)
def test_it_names_the_variant_and_what_the_buyer_told_plugins_without_what_they_left_empty(options, data, told):
    assert _detail(SimpleNamespace(options=options, data=data)) == told

"""Every page speaks Chinese too."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from plugins.backoffice.tests.staff_client import signed_in

import marketry

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def said(folder):
    messages = (message for _, _, message, _, _ in extract_from_dir(folder, METHODS, keywords=KEYWORDS))
    return {message if isinstance(message, str) else message[0] for message in messages} - {""}


def translated(folder):
    with (folder / "locale" / "zh.po").open("rb") as file:
        return {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(file) if m.string and not m.fuzzy}


@pytest.mark.parametrize("package", ["marketry_backoffice", "marketry_shipping", "marketry_payments_manual"])
def test_what_is_said_is_translated(package):
    folder = Path(find_spec(package).submodule_search_locations[0])
    kernel = Path(marketry.__file__).parent
    assert said(folder) - translated(folder) - translated(kernel) == set()


def test_the_back_office_is_drawn_in_the_language_of_the_address(make_site):
    client = signed_in(make_site("backoffice", "shipping", "payments_manual"))
    page = client.get("/zh/admin/plugins/payments_manual").text
    assert re.search(r"<h1>(.*?)</h1>", page)[1] == "银行转账与货到付款"
    assert [word in page for word in ("付款期限（天）", "来源：默认值", "插件")] == [True] * 3
    assert "区域" in client.get("/zh/admin/shipping").text

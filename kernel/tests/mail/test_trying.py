"""Whether the mail server lets us in, asked with real ones."""

from typing import Any

import pytest

from marketry.connections import ConnectionResult, try_connection
from marketry.mail.trying import MAIL_SERVER

PASSWORD = "horse-battery-staple"


@pytest.fixture
def tried(shop: Any) -> Any:
    """`tried(smtp_url)` → the result."""

    def run(smtp_url: str = "") -> ConnectionResult:
        return try_connection(shop(smtp_url).context(), MAIL_SERVER)

    return run


def test_a_server_that_answers_is_told_and_gets_no_mail(tried: Any, smtp: Any) -> None:
    place = smtp.url.removeprefix("smtp://")
    facts = {"Server": place, "Sender": "Shop <shop@example.com>", "Encrypted": "no"}
    assert tried(smtp.url) == ConnectionResult(True, "The mail server answers.", facts)
    assert smtp.received == []


def test_name_and_password_are_tried_as_well(tried: Any, smtp: Any) -> None:
    at = smtp.url.removeprefix("smtp://")
    smtp.refused = "wrong-one"
    good, bad = tried(f"smtp://shop:{PASSWORD}@{at}"), tried(f"smtp://shop:wrong-one@{at}")
    assert (good.ok, good.message) == (True, "The mail server answers and takes the user's name and password.")
    assert (bad.ok, bad.message.startswith("The mail server refused the user's name or the password.")) == (False, True)
    assert "wrong-one" not in str(bad)


def test_no_server_is_set(tried: Any) -> None:
    assert tried().message.startswith("No mail server is set, so mails are kept and not sent.")


def test_an_address_that_is_none(tried: Any) -> None:
    result = tried(f"ftp://shop:{PASSWORD}@mail.example")
    assert result.message.startswith("The mail server's address can't be read: the mail server's address is smtp://")
    assert PASSWORD not in str(result)


def test_a_server_that_isnt_there(tried: Any) -> None:
    result = tried(f"smtp://shop:{PASSWORD}@127.0.0.1:9")
    assert result.message.startswith("The mail server can't be reached (")
    assert PASSWORD not in str(result)

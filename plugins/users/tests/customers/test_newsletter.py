"""News without an account: nobody is written to who didn't confirm, the answer tells nothing, one click ends them."""

import csv
from io import StringIO
from typing import Any

import pytest

from marketry.context import Context
from marketry_users.privacy import erase_subject, export_subject
from marketry_users.recipients import as_csv
from marketry_users.routes import admin_newsletter

from .conftest import ADA, PASSWORD
from .test_office import RELAXED, staff

BOB = "bob@example.com"
ASKED = "A mail is on its way to"


@pytest.fixture
def shop(open_shop: Any) -> Any:
    return open_shop(more=RELAXED)


def subscribers(shop: Any) -> list[str]:
    return [row[0] for row in shop.rows("SELECT email FROM users_subscriber ORDER BY email")]


def ask(shop: Any, email: str) -> Any:
    """As the band on the home page asks: a form without a token."""
    return shop.browser().client.post("/newsletter", data={"email": email})


def begin(shop: Any, email: str) -> Any:
    ask(shop, email)
    return shop.browser().client.post("/newsletter/confirm", data={"token": shop.token(email, "newsletter")})


def recipients(shop: Any) -> list[dict[str, str]]:
    """The file that staff download."""
    olga = staff(shop, "users.customer.read")
    assert "Newsletter" in olga.get("/admin/newsletter").text
    file = olga.post("/admin/me", to="/admin/newsletter/recipients.csv")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"))))


def test_news_begin_with_the_second_click_and_an_address_that_never_confirms_is_not_stored(open_shop: Any, database: str) -> None:
    shop = open_shop()
    assert ASKED in ask(shop, " Bob@Example.com ").text
    link = shop.link(BOB, "newsletter")
    assert "Shall we write to bob@example.com" in shop.browser().get(link).text  # a program that opens links begins nothing
    assert subscribers(shop) == []
    assert not any(BOB in str(row) for row in shop.rows("SELECT key, subject, payload FROM kernel_outbox"))
    done = shop.browser().client.post("/newsletter/confirm", data={"token": link.partition("token=")[2]})
    assert "Every letter has a link that ends them" in done.text
    assert subscribers(shop) == [BOB]


def test_confirming_twice_keeps_one_and_a_link_of_others_or_of_last_week_none(shop: Any) -> None:
    begin(shop, BOB)
    token = shop.token(BOB, "newsletter")
    assert shop.browser().client.post("/newsletter/confirm", data={"token": token}).status_code == 200
    assert subscribers(shop) == [BOB]
    forged = shop.browser().client.post("/newsletter/confirm", data={"token": f"{token[:-2]}xx"})
    assert (forged.status_code, subscribers(shop)) == (410, [BOB])


def test_the_answer_and_the_mail_are_the_same_for_a_customer_and_their_yes_stands_with_the_account(shop: Any) -> None:
    shop.register(ADA)
    known, unknown = ask(shop, ADA), ask(shop, BOB)
    assert known.text.replace(ADA, "?") == unknown.text.replace(BOB, "?")
    assert (len(shop.mails(ADA, "newsletter")), len(shop.mails(BOB, "newsletter"))) == (1, 1)
    begin(shop, ADA)
    assert subscribers(shop) == []
    assert shop.rows("SELECT marketing_source FROM users_customer") == [("newsletter",)]
    assert shop.rows("SELECT source FROM users_consent") == [("newsletter",)]


def test_who_opens_an_account_later_keeps_their_news_in_it(shop: Any) -> None:
    begin(shop, ADA)
    shop.register(ADA)
    assert subscribers(shop) == []
    assert [row["email"] for row in recipients(shop)] == [ADA]


def test_staff_download_all_who_want_news_with_a_link_that_ends_it_and_that_is_noted(shop: Any) -> None:
    begin(shop, BOB)
    shop.register(ADA, name="=1+1", marketing="true")
    found = {row["email"]: row for row in recipients(shop)}
    assert sorted(found) == [ADA, BOB]
    assert found[ADA]["name"] == "'=1+1"  # no formula in a spreadsheet
    noted = shop.rows("SELECT details FROM kernel_audit WHERE action = 'users.newsletter.exported'")
    assert [row[0] for row in noted] == ['{"recipients": 2}']
    link = found[BOB]["unsubscribe"].partition("testserver")[2].partition("/newsletter")[2]
    shop.browser().client.post(f"/newsletter{link}")
    assert [row["email"] for row in recipients(shop)] == [ADA]


def test_nobody_is_kept_from_writing_while_the_file_is_made(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(shop, BOB)
    writing: list[bool] = []

    def watched(ctx: Context) -> Any:
        writing.append(ctx.in_transaction)
        return as_csv(ctx)

    monkeypatch.setattr(admin_newsletter, "as_csv", watched)
    assert ([row["email"] for row in recipients(shop)], writing) == ([BOB], [False])


def test_a_wrong_address_is_refused_with_words_and_nobody_is_mailed(shop: Any) -> None:
    refused = ask(shop, "bob@")
    assert refused.status_code == 422
    assert 'value="bob@"' in refused.text
    assert shop.mails() == []


def test_a_stranger_cannot_fill_a_mailbox(shop: Any) -> None:
    answers = [ask(shop, BOB).status_code for _ in range(6)]
    assert (answers, len(shop.mails(BOB))) == ([200] * 5 + [429], 5)


@pytest.mark.parametrize("account", [False, True], ids=["without account", "with account"])
def test_what_is_held_for_news_is_shown_and_forgotten(shop: Any, account: bool) -> None:
    begin(shop, ADA)
    if account:
        shop.register(ADA, password=PASSWORD)
    ctx: Context = shop.runtime.context()
    with ctx.writing():
        held = export_subject(ctx, ADA)
        assert (held["account"]["consents"] if account else held["newsletter"])[0]["wording"].startswith("Write to me about")
        erase_subject(ctx, ADA)
        assert export_subject(ctx, ADA) == {}
    assert recipients(shop) == []

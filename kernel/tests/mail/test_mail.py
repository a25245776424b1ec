"""Mails against a real SMTP peer: rendered in the transaction, sent after it, once per key, refused or retried as told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketry.jobs.running import run_pending
from marketry.mail.tables import MAILS
from marketry.web.values import SYSTEM


def stored(site: Any, *columns: str) -> list[tuple[Any, ...]]:
    with site.database.reading() as session:
        return [tuple(row) for row in session.execute(select(*[MAILS.c[name] for name in columns]).order_by(MAILS.c.id))]


def test_a_mail_goes_out_in_text_and_html_after_the_commit(shop: Any, write: Any, smtp: Any, database: str) -> None:
    site = shop(smtp.url)
    write(site, run=False)
    assert (smtp.received, stored(site, "state")) == ([], [("queued",)])

    run_pending(site)

    (letter,) = smtp.received
    assert (letter["From"], letter["To"], letter["Subject"]) == ("Shop <shop@example.com>", "ada@example.com", "Hello Ada")
    assert letter["Message-ID"] == site.mailer.message_id("hello:1")
    assert letter.get_body(("plain",)).get_content().startswith("Dear Ada\r\n")
    html = letter.get_body(("html",)).get_content()
    assert "<h1 style=" in html, "styles are on the elements"
    assert stored(site, "state", "error") == [("sent", None)]


def test_a_mail_is_written_in_the_language_of_its_reader(shop: Any, write: Any, smtp: Any) -> None:
    site = shop(smtp.url)
    write(site, name="小艾", locale="zh")

    (letter,) = smtp.received
    assert letter["Content-Language"] == "zh"
    assert "小艾" in letter["Subject"]
    assert 'lang="zh-Hans"' in letter.get_body(("html",)).get_content()


def test_one_key_is_one_mail(shop: Any, write: Any, smtp: Any, database: str) -> None:
    site = shop(smtp.url)

    assert [write(site), write(site, name="Bob"), write(site, key="hello:2")] == [True, False, True]
    assert smtp.subjects == ["Hello Ada", "Hello Ada"]


def test_a_mail_of_a_transaction_that_failed_is_never_sent(shop: Any, smtp: Any) -> None:
    site = shop(smtp.url)

    def refused() -> None:
        ctx = site.context(actor=SYSTEM)
        with ctx.writing():
            ctx.mail.queue(ctx, to="ada@example.com", template="greeting/hello", values={"name": "Ada"}, key="1")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        refused()
    run_pending(site)

    assert (smtp.received, stored(site, "id")) == ([], [])


def test_a_recipient_refused_for_good_is_not_tried_again_and_says_why(shop: Any, write: Any, smtp: Any) -> None:
    smtp.answers = ["550 5.1.1 no such mailbox"]
    site = shop(smtp.url)
    write(site)
    assert run_pending(site) == 0

    assert smtp.received == []
    assert stored(site, "state", "error") == [("refused", "550 5.1.1 no such mailbox")]


def test_a_server_that_asks_to_come_back_is_tried_again_later(shop: Any, write: Any, smtp: Any) -> None:
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    smtp.answers = ["451 4.7.1 greylisted"]
    site = shop(smtp.url, clock=lambda: now[0])
    write(site)
    assert (smtp.received, stored(site, "state")) == ([], [("queued",)])

    now[0] += timedelta(seconds=5)
    run_pending(site)
    assert (smtp.subjects, stored(site, "state")) == (["Hello Ada"], [("sent",)])


def test_without_a_server_the_mail_is_kept_and_can_be_sent_later_under_the_same_id(shop: Any, write: Any, smtp: Any) -> None:
    write(shop())
    site = shop(smtp.url)
    assert (smtp.received, stored(site, "state")) == ([], [("kept",)])

    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        assert ctx.mail.send_again(ctx, 1) is True
        assert ctx.mail.send_again(ctx, 99) is False
    run_pending(site)

    assert [letter["Message-ID"] for letter in smtp.received] == [site.mailer.message_id("hello:1")]


NO_ADDRESSES = ["ada", "ada@", "@example.com", "ada@example.com\nBcc: all@example.com", "a b@example.com", "a,b@c.d"]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_refused_before_anything_is_written(shop: Any, address: str) -> None:
    site = shop()
    ctx = site.context(actor=SYSTEM)
    with pytest.raises(ValueError, match="is no e-mail address"), ctx.writing():
        ctx.mail.queue(ctx, to=address, template="greeting/hello", values={"name": "Ada"}, key="1")

    assert stored(site, "id") == []


def test_a_password_is_not_sent_in_clear_over_a_network(shop: Any, write: Any, smtp: Any) -> None:
    port = smtp.url.rpartition(":")[2]
    write(shop(f"smtp://shop:secret@0.0.0.0:{port}"))  # reaches the peer, but isn't the loopback address
    assert (smtp.passwords, smtp.received) == ([], [])

    write(shop(f"smtp://shop:secret@127.0.0.1:{port}"), key="hello:2")
    assert (smtp.passwords, smtp.subjects) == (["secret"], ["Hello Ada"])

"""What the buyer of an order sees: the account on the order's page and in the mail, also when the plugin is gone."""

import re

import pytest
from plugins.orders.tests.front_shop import Buyer, Goods, make_shop
from sqlalchemy import select

from marketry.jobs.running import run_pending
from marketry.mail.tables import MailRow
from marketry.testing.clients import client_of


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("MUG", 1250)
    return goods


def link_in(mail):
    """The order's page, as a path."""
    return re.search(r"http://testserver(/orders/\S+)", mail.text)[1]


def test_the_mail_and_the_page_show_the_account_in_order_with_the_deadline(make_site, database, goods):
    shop = make_shop(make_site, goods)
    client = client_of(shop)
    order = Buyer(client).ready("MUG").complete().json()["order"]
    run_pending(shop)
    with shop.context().reading() as session:
        mail = session.scalars(select(MailRow).where(MailRow.template == "orders/mail/confirmation")).one()
    wanted = ["Account holder", "Atelier LLC", "Account number", "123456789", "Amount", "$12.50", "Reference", order["number"]]
    for text in (mail.text.partition("How to pay")[2], mail.html.partition("How to pay")[2]):
        places = [text.find(word) for word in wanted]
        assert -1 not in places
        assert places == sorted(places)
        assert "We keep your goods until" in text
    page = client.get(link_in(mail)).text
    assert "Please transfer the amount to this account" in page


def test_an_old_order_still_says_how_to_pay_when_the_plugin_is_disabled(make_site, goods):
    shop = make_shop(make_site, goods)
    order = Buyer(client_of(shop)).ready("MUG").complete().json()["order"]
    run_pending(shop)
    with shop.context().reading() as session:
        mail = session.scalars(select(MailRow).where(MailRow.template == "orders/mail/confirmation")).one()
    after = make_site("orders", extra=[goods.plugin()])
    page = client_of(after).get(link_in(mail))
    assert page.status_code == 200
    assert "Atelier LLC" in page.text
    assert order["number"] in page.text

"""Alipay by certificates: calls name the application's and the root's, answers Alipay's; both books agree."""

import pytest
from tests.payments.agreeing import books_agree
from tests.payments.till import Till

CERTIFICATES = True
pytestmark = pytest.mark.parametrize("open_till", ["sqlite"], indirect=True, scope="module")  # no statement of SQL differs
TAKEN = ("capture", "succeeded", 8888, "CNY")


def test_an_order_is_paid_and_partly_given_back(till: Till) -> None:
    number, token = till.paid("alipay", "TEA")
    assert till.deed(number, "refund", amount=333).status_code in (200, 202)
    till.becomes(number, token, "partially_refunded", 60)
    assert books_agree(till, number) == [TAKEN, ("refund", "succeeded", 333, "CNY")]
    files = till.alipay.identity.certificates
    assert files is not None
    mine = [c for c in till.alipay.gateway.calls if c.content.get("out_trade_no") == till.key_of(number)]
    assert {c.method for c in mine} >= {"alipay.trade.page.pay", "alipay.trade.query", "alipay.trade.refund"}
    named = {(c.parameters["app_cert_sn"], c.parameters["alipay_root_cert_sn"]) for c in mine}
    assert named == {(files.app_sn, files.root_sn)}


def test_a_notice_alone_is_enough(till: Till) -> None:
    number, token, address = till.order("alipay", "TEA", "CNY")
    till.scan(number, address)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == [TAKEN]


@pytest.mark.parametrize("variant", ["foreign_key", "altered_status", "sign_type_rsa", "other_seller"])
def test_a_notice_of_somebody_else_is_refused(till: Till, variant: str) -> None:
    number, token, address = till.order("alipay", "TEA", "CNY")
    till.browser.get(address, follow_redirects=True)
    till.alipay.controls.sign_in(till.key_of(number))
    status, body = till.alipay.controls.forge(till.key_of(number), variant, f"{till.site.url}/hooks/payments_alipay")
    assert (status, "success" in body) == (400, False)
    assert till.state(number, token) == "pending"
    assert books_agree(till, number) == []


@pytest.mark.parametrize("flaw", ["wrong_signature", "unsigned"])
def test_an_answer_that_isnt_alipays_settles_nothing(till: Till, flaw: str) -> None:
    number, token, address = till.order("alipay", "TEA", "CNY")
    till.alipay.controls.plan(1, drop=True)
    back = till.scan(number, address)
    till.alipay.controls.fault(flaw, "alipay.trade.query")
    assert till.browser.get(back, follow_redirects=True).status_code == 200
    assert till.state(number, token) == "pending"
    till.browser.get(back, follow_redirects=True)
    assert till.state(number, token) == "paid"
    assert books_agree(till, number) == [TAKEN]

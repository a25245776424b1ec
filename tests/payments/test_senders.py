"""Who sent a notice, and for whom: what isn't Stripe's or Alipay's own, recent and for this shop changes nothing."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from marketry_gateways.alipay.forgeries import VARIANTS
from stripe import WebhookSignature
from tests.payments.agreeing import books_agree
from tests.payments.till import SECRET, SECRET_BEFORE, Till

PAID = [("capture", "succeeded", 1999, "USD")]
PAID_CNY = [("capture", "succeeded", 13993, "CNY")]
COMPLETED = "checkout.session.completed"
STORED = "SELECT count(*) FROM kernel_webhook WHERE account = 'stripe' AND event_id = :event"
UNDONE = "SELECT handler, state, error FROM kernel_outbox WHERE handler = 'job:orders.webhook' AND state <> 'done'"


def event(kind: str = COMPLETED, told: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    named = {"id": f"evt_{uuid.uuid4().hex}", "object": "event", "type": kind, "livemode": False}
    return {**named, "data": {"object": {"object": "checkout.session", "id": "cs_unknown", **(told or {})}}, **more}


def send(till: Till, body: bytes, secret: str = SECRET, signature: str | None = None) -> httpx.Response:
    """Post `body` as Stripe would, truly signed unless another signature is given."""
    if signature is None:
        signature = WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time()))
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return httpx.post(f"{till.site.url}/hooks/payments_stripe", content=body, headers=headers, trust_env=False, timeout=60)


def told(till: Till, **notice: Any) -> tuple[int, str]:
    answer = send(till, json.dumps(event(**notice)).encode())
    return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else answer.text


@pytest.fixture
def hook(till: Till) -> Iterator[str]:
    """Stripe's endpoint, with the shop's secret again in the end."""
    url = f"{till.site.url}/hooks/payments_stripe"
    yield url
    till.stripe.roll_secret(url, SECRET, keep_old=False)


def test_while_one_secret_replaces_another_either_signature_is_enough(till: Till, hook: str) -> None:
    """Stripe signs with both for a day; the shop may have saved the new one already, or not yet."""
    till.stripe.roll_secret(hook, SECRET_BEFORE, keep_old=False)
    paid_with(till, signatures=1)
    till.stripe.roll_secret(hook, SECRET)
    paid_with(till, signatures=2)
    till.stripe.roll_secret(hook, "whsec_that_the_shop_has_not_saved_yet")
    paid_with(till, signatures=2)
    till.stripe.roll_secret(hook, "whsec_that_replaces_all", keep_old=False)
    number, token, address = till.order("stripe")
    before = len(till.stripe.courier.deliveries)
    till.card(address)
    till.at_rest()
    assert {one.status for one in list(till.stripe.courier.deliveries)[before:]} == {400}
    assert till.state(number, token) == "pending"


def paid_with(till: Till, signatures: int) -> None:
    number, token, address = till.order("stripe")
    till.card(address)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID
    last = till.stripe.courier.deliveries[-1]
    assert (last.status, last.signature.count("v1=")) == (200, signatures)


def test_of_another_account_or_mode_is_refused_though_truly_signed(till: Till) -> None:
    number, token, address = till.order("stripe")
    till.stripe.drop(100)
    till.card(address)
    (payment,) = till.payments(number)
    about = {"id": payment.remote_id, "client_reference_id": payment.id, "payment_status": "paid"}
    assert told(till, told=about, account="acct_1AnotherShop00") == (400, "bad_notice")
    assert told(till, told=about, livemode=True) == (400, "bad_notice")
    till.at_rest()
    assert till.state(number, token) == "pending"
    assert told(till, told=about, account=till.stripe.account) == (200, "")
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


def test_of_another_shops_order_or_of_another_order_pays_nothing(till: Till) -> None:
    till.stripe.hold()
    number, token, address = till.order("stripe")
    other, others_token, _ = till.order("stripe")
    till.card(address)
    paid, unpaid = till.payments(number)[0], till.payments(other)[0]
    true = {"payment_status": "paid", "status": "complete", "amount_total": 1999, "currency": "usd"}
    assert told(till, told={**true, "id": "cs_test_of_another_shop", "client_reference_id": "their-attempt"}) == (200, "")
    assert told(till, told={**true, "id": paid.remote_id, "client_reference_id": unpaid.id}) == (200, "")
    till.at_rest()
    assert (till.state(number, token), till.state(other, others_token)) == ("pending", "pending")
    assert till.payments(other)[0].needs_review == ""
    till.stripe.release()
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID
    assert books_agree(till, other) == []
    assert till.books.rows(UNDONE) == []


def test_nobody_pays_at_alipay_with_a_notice_of_their_own(till: Till) -> None:
    """Only one variant may be Alipay's own and for this shop; it names another amount, so it is stored and set aside."""
    number, token, address = till.order("alipay", currency="CNY")
    till.browser.get(address, follow_redirects=True)
    key = till.key_of(number)
    till.alipay.controls.sign_in(key)
    answers = {variant: till.alipay.controls.forge(key, variant) for variant in VARIANTS}
    taken = [variant for variant, answer in answers.items() if answer == (200, "success")]
    assert taken == ["wrong_amount"]
    assert {answer[0] for variant, answer in answers.items() if variant not in taken} == {400}
    till.at_rest()
    assert till.state(number, token) == "pending"
    history = till.staff.get(f"/admin/orders/{number}").text
    assert "It speaks of CN¥0.01 instead of CN¥139.93 and was set aside." in history
    till.browser.get(till.alipay.controls.pay(key), follow_redirects=True)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID_CNY


def test_events_that_nobody_knows_are_kept_and_done_with(till: Till) -> None:
    kinds = (
        "invoice.paid",
        "entitlements.active_entitlement_summary.updated",
        "checkout.session.from_the_future",
        "refund.created",
    )
    events = [event(kind, {"object": "thing", "id": "x_1", "payment_intent": "pi_unknown"}) for kind in kinds]
    answers = [send(till, json.dumps(one).encode()) for one in [*events, *events]]
    assert [answer.status_code for answer in answers] == [200] * 8
    till.at_rest()
    assert [till.books.one(STORED, event=one["id"]) for one in events] == [1] * 4
    assert till.books.rows(UNDONE) == []


MALFORMED = {
    "empty": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1e999",
    "no object": json.dumps(event() | {"data": None}).encode(),
    "an object of text": json.dumps(event() | {"data": {"object": "cs_1"}}).encode(),
    "no id": json.dumps({name: value for name, value in event().items() if name != "id"}).encode(),
    "an endless id": json.dumps(event(id="e" * 5000)).encode(),
    "a NUL in a name": json.dumps(event(told={"id": "cs_\0"})).encode(),
    "a NUL in the type": json.dumps(event("refund.\0")).encode(),
}


def test_what_can_not_be_read_is_refused_and_breaks_nothing(till: Till) -> None:
    assert {name: send(till, body).status_code for name, body in MALFORMED.items()} == dict.fromkeys(MALFORMED, 400)
    signatures = ("", "t=", "v1=", "t=1", f"t={'9' * 400},v1=00", f"t={int(time.time())},v1=\u00e9", "t=-1,v1=,v1=", "," * 2000)
    for signature in signatures:
        assert send(till, json.dumps(event()).encode(), signature=signature.encode("latin-1")).status_code == 400  # type: ignore[arg-type]
    forms = (b"", b"=", b"&&&&", b"sign_type=RSA2", b"sign_type=RSA2&sign=%00", b"\xff\xfe=1", b"a=1&" * 500 + b"b=2")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in forms:
        url = f"{till.site.url}/hooks/payments_alipay"
        answer = httpx.post(url, content=body, headers=form, trust_env=False, timeout=60)
        assert (answer.status_code, answer.text == "success") == (400, False), body
    assert httpx.get(f"{till.site.url}/hooks/payments_stripe", trust_env=False).status_code == 405
    assert httpx.post(f"{till.site.url}/hooks/nobody", content=b"{}", trust_env=False).status_code == 404

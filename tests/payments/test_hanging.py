"""Eight checkouts hang on a gateway that doesn't answer; the rest of the shop goes on."""

from concurrent.futures import ThreadPoolExecutor

import httpx
from tests.buying import Buyer
from tests.payments.agreeing import books_agree
from tests.payments.till import Till

EIGHT = 8
PAID = [("capture", "succeeded", 1999, "USD")]
LONGER_THAN_ANYBODY_WAITS = 30.0


def test_while_eight_gateways_hang_pages_and_other_orders_are_answered(till: Till) -> None:
    """The calls are given up after ten seconds and made again under the same key; so none of the eight fails either."""
    buyers = [Buyer(till.site.url, timeout=120) for _ in range(EIGHT)]
    for buyer in buyers:
        buyer.ready(["CUP"], payment="stripe")
    till.stripe.fault("slow", EIGHT, method="POST", path="/v1/checkout/sessions$", seconds=LONGER_THAN_ANYBODY_WAITS)
    with ThreadPoolExecutor(EIGHT) as pool:
        hanging = [pool.submit(buyer.complete) for buyer in buyers]
        meanwhile = []
        while not any(one.done() for one in hanging):
            meanwhile.append(visit(till))
        answers = [one.result() for one in hanging]
    assert meanwhile[0] == [200, 200, 201]
    assert [status for visits in meanwhile for status in visits if status >= 300] == []
    assert [answer.status_code for answer in answers] == [201] * EIGHT, [answer.text for answer in answers]
    for answer, buyer in zip(answers, buyers, strict=True):
        buyer.http.close()
        told = answer.json()
        till.card(told["payment"]["action"]["url"])
        till.becomes(told["order"]["number"], told["order"]["token"], "paid")
        assert books_agree(till, told["order"]["number"]) == PAID


def visit(till: Till) -> list[int]:
    """Two pages and an order that is paid by bank transfer: their statuses."""
    with httpx.Client(base_url=till.site.url, trust_env=False, timeout=60) as browser:
        pages = [browser.get(path).status_code for path in ("/products/cup", "/cart")]
    buyer = Buyer(till.site.url)
    buyer.ready(["TEN"])
    done = buyer.complete()
    buyer.http.close()
    return [*pages, done.status_code]

"""The sample shop's orders by card: every state of a payment that needs a gateway, once, however often the shop starts."""

from collections import Counter
from types import SimpleNamespace

from marketry_gateways.stripe import StripeTwin
from tests.books import Books
from tests.sample.goods import SAMPLE
from tests.sample.test_history import shop_of  # noqa: F401  (a fixture)

ALLOWED = '\n[outbound]\nallow = ["127.0.0.1"]\n'


def test_a_payment_is_reserved_taken_let_go_given_back_and_disputed(shop_of, make_site, monkeypatch):  # noqa: F811
    monkeypatch.syspath_prepend(str(SAMPLE))
    from by_card import buy_by_card

    shop = shop_of("payments_stripe", more=ALLOWED)
    with StripeTwin() as twin:
        stripe = {"SECRET_KEY": twin.key, "API_BASE": twin.url, "CHECKOUT_BASE": twin.url}
        for name, value in {**make_site.environ, **{f"MARKETRY_PAYMENTS_STRIPE__{k}": v for k, v in stripe.items()}}.items():
            monkeypatch.setenv(name, value)
        for _ in range(2):
            buy_by_card(shop.site.dir)
    books = Books(SimpleNamespace(folder=shop.site.dir, environment={}))
    states = Counter(state for (state,) in books.rows("SELECT payment_status FROM orders_order"))
    books.close()
    assert states == {"authorised": 1, "paid": 1, "voided": 1, "refunded": 1, "disputed": 1}

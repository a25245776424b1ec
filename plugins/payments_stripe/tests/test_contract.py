"""Stripe keeps the contract of payment providers, against its twin's own book."""

import httpx
import pytest
from marketry_gateways.stripe import StripeTwin

from marketry.testing.contracts import Booked, RemoteProviderContract
from marketry.testing.receiving import Inbox

SECRET = "whsec_of_the_contract"
CARD = {
    "email": "ada@example.com",
    "method": "card",
    "number": "4242424242424242",
    "expiry": "12 / 34",
    "cvc": "123",
    "name": "Ada",
}


@pytest.fixture(scope="module")
def gateway():
    with StripeTwin() as twin, Inbox() as inbox:
        twin.add_endpoint(f"{inbox.url}/hooks/payments_stripe", SECRET)
        yield twin, inbox


class TestStripe(RemoteProviderContract):
    @pytest.fixture
    def runtime(self, make_site, gateway):
        self.twin, self.inbox = gateway
        self.twin.clear_faults()
        self.before = len(self.inbox.kept)
        settings = f'[settings.payments_stripe]\nsecret_key = "{self.twin.key}"\nwebhook_secret = "{SECRET}"\n'
        own = f'account = "{self.twin.account}"\napi_base = "{self.twin.url}"\ncheckout_base = "{self.twin.url}"\n'
        return make_site("payments_stripe", more=f'{settings}{own}[outbound]\nallow = ["127.0.0.1"]\n')

    @pytest.fixture
    def provider(self, runtime):
        return runtime.provider("stripe")

    def buyer_pays(self, charge, begun):
        with httpx.Client(trust_env=False, timeout=30) as browser:
            assert browser.post(begun.action.url, data=CARD).status_code == 303

    def lose_next_answer(self):
        self.twin.fault("lost", 2, method="POST")  # the SDK tries once more by itself

    def in_the_gateways_book(self, charge):
        sessions = [s for s in self.twin.book.all("checkout.session") if s["client_reference_id"] == charge.key]
        paid = [p for p in self.twin.statement()["payments"] if p["client_reference_id"] == charge.key]
        return Booked(len(sessions), sum(p["captured"] for p in paid), sum(p["refunded"] for p in paid))

    def notices(self):
        assert self.twin.quiet(30)
        return self.inbox.after(self.before)

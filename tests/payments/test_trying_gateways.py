"""The button that tries the connection, against twins of both gateways: what is said when it works and when it doesn't."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from marketry_gateways.alipay import AlipayTwin
from marketry_gateways.alipay.signing import new_key, private_pem, public_pem
from marketry_gateways.stripe import StripeTwin
from plugins.backoffice.tests.staff_client import post, signed_in

from marketry.connections import ConnectionResult, try_connection
from marketry.hookspecs.operations import connection_tests

NOBODY = "http://127.0.0.1:9"  # discard: nobody listens
Try = Callable[..., ConnectionResult]


@dataclass(frozen=True)
class Shop:
    """One site for both gateways; each trial saves its own settings in the environment of a fresh runtime."""

    make: Any

    def site(self, plugin: str, **settings: str) -> Any:
        environ = {f"MARKETRY_{plugin.upper()}__{name.upper()}": value for name, value in settings.items()}
        return self.make("backoffice", plugin, environ=environ, more='[outbound]\nallow = ["127.0.0.1"]')

    def tried(self, plugin: str, **settings: str) -> ConnectionResult:
        site = self.site(plugin, **settings)
        ctx = site.context()
        (test,) = site.context().hooks.of(plugin, connection_tests)
        return try_connection(ctx, test, site.effective(plugin).value)


@pytest.fixture
def shop(make_site: Any) -> Shop:
    return Shop(make_site)


# --- Stripe ---------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeTwin]:
    with StripeTwin() as twin:
        yield twin


@pytest.fixture
def at_stripe(shop: Shop, stripe: StripeTwin) -> Try:
    def run(**settings: str) -> ConnectionResult:
        standing = {"secret_key": stripe.key, "webhook_secret": "whsec_of_the_shop", "api_base": stripe.url}
        return shop.tried("payments_stripe", **{**standing, **settings})

    return run


def test_stripe_says_whose_key_it_is_and_in_which_mode(at_stripe: Try) -> None:
    facts = {"Account": "acct_1TwinOfStripe00 · Sandbox", "Mode": "test: no money moves"}
    assert at_stripe() == ConnectionResult(True, "Stripe takes the key, and this account takes payments.", facts)
    assert at_stripe(secret_key="sk_live_twin").facts["Mode"] == "live: real money moves"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"secret_key": ""}, "No secret key is saved."),
        ({"secret_key": "sk_test_revoked_long_ago"}, "Stripe doesn't know this secret key, or it was revoked."),
        ({"account": "acct_1AnotherShop00"}, "The key is of another account than the one that is set (acct_1AnotherShop00)."),
        ({"webhook_secret": ""}, "The key works, but no webhook secret is saved, so Stripe's notices are refused."),
        ({"api_base": NOBODY}, "Stripe can't be reached: 127.0.0.1: "),
    ],
)
def test_stripe_says_what_to_do_next(at_stripe: Try, settings: dict[str, str], said: str) -> None:
    result = at_stripe(**settings)
    assert (result.ok, result.message.startswith(said)) == (False, True), result.message
    assert "revoked_long_ago" not in str(result)


def test_trouble_at_stripe_is_told_as_such(at_stripe: Try, stripe: StripeTwin) -> None:
    stripe.fault("error", 4)
    try:
        assert at_stripe().message == "Stripe is in trouble (status 500). Try again in a while."
    finally:
        stripe.calm()


# --- Alipay ---------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def alipay() -> Iterator[AlipayTwin]:
    with AlipayTwin() as twin:
        yield twin


@pytest.fixture(scope="module")
def certified() -> Iterator[AlipayTwin]:
    with AlipayTwin(certificate_mode=True) as twin:
        yield twin


def of(twin: AlipayTwin) -> dict[str, str]:
    """What a merchant would paste."""
    theirs = twin.settings()
    pasted = {
        "mode": "sandbox", "gateway": theirs["gateway"], "app_id": theirs["app_id"], "seller_id": theirs["seller_id"],
        "private_key": theirs["merchant_private_key"],
    }  # fmt: skip
    if theirs["mode"] == "key":
        return {**pasted, "alipay_public_key": theirs["alipay_public_key"]}
    files = {"app_certificate": "app_certificate", "alipay_certificate": "alipay_certificate"}
    return {**pasted, **{name: theirs[name] for name in files}, "alipay_root_certificate": theirs["root_certificate"]}


def test_alipay_says_which_application_and_seller_it_is_and_in_which_mode(shop: Shop, alipay: AlipayTwin) -> None:
    facts = {
        "Application": "9021000100000000", "Seller": "2088700000000000", "Mode": "sandbox: no money moves",
        "Signatures": "by key",
    }  # fmt: skip
    said = "Alipay takes this application's signature, and its answer is signed by Alipay."
    assert shop.tried("payments_alipay", **of(alipay)) == ConnectionResult(True, said, facts)
    assert alipay.book.trades == ()


def test_alipay_by_certificate(shop: Shop, certified: AlipayTwin) -> None:
    result = shop.tried("payments_alipay", **of(certified))
    assert (result.ok, result.facts["Signatures"]) == (True, "by certificate")


def own_public_key(settings: dict[str, str]) -> str:
    from marketry_gateways.alipay.signing import read_private_key

    return public_pem(read_private_key(settings["private_key"]).public_key())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: {"app_id": ""}, "No APPID is saved."),
        (lambda s: {"private_key": ""}, "No private key is saved."),
        (lambda s: {"alipay_public_key": ""}, "Alipay's public key is missing."),
        (lambda s: {"private_key": "no key at all"}, "The private key can't be read. Copy it anew, whole."),
        (lambda s: {"private_key": private_pem(new_key())}, "Alipay can't verify what we sign:"),
        (lambda s: {"alipay_public_key": own_public_key(s)}, "The answer isn't signed with the public key that is saved here."),
        (lambda s: {"app_id": "2021000000000001"}, "the sandbox doesn't know the application 2021000000000001."),
        (lambda s: {"seller_id": ""}, "The keys work. Set the partner number (PID, 2088…) as well:"),
        (lambda s: {"gateway": f"{NOBODY}/gateway.do"}, "No answer: 127.0.0.1: "),
    ],
)
def test_alipay_says_what_to_do_next(shop: Shop, alipay: AlipayTwin, change: Any, said: str) -> None:
    settings = of(alipay)
    result = shop.tried("payments_alipay", **{**settings, **change(settings)})
    assert (result.ok, result.message.startswith(said)) == (False, True), result.message


def test_a_missing_or_foreign_certificate_is_named(shop: Shop, certified: AlipayTwin) -> None:
    settings = of(certified)
    with AlipayTwin(certificate_mode=True) as other:
        theirs = of(other)
    missing = shop.tried("payments_alipay", **{**settings, "alipay_root_certificate": ""})
    assert missing.message.startswith("Certificates are used, and one is missing:")
    app = shop.tried("payments_alipay", **{**settings, "app_certificate": theirs["app_certificate"]})
    assert app.message.startswith("Alipay expects another application certificate.")
    root = shop.tried("payments_alipay", **{**settings, "alipay_root_certificate": theirs["alipay_root_certificate"]})
    assert root.message.startswith("Alipay expects another root certificate.")
    changed = shop.tried("payments_alipay", **{**settings, "alipay_certificate": theirs["alipay_certificate"]})
    assert changed.message.startswith("Alipay signs with another certificate (")


def test_keys_where_certificates_are_wanted(shop: Shop, certified: AlipayTwin) -> None:
    settings = {**of(certified), "app_certificate": "", "alipay_public_key": certified.settings()["alipay_public_key"]}
    assert shop.tried("payments_alipay", **settings).message.startswith("Alipay expects another application certificate.")


# --- the page -------------------------------------------------------------------------------------------------------------
def test_staff_press_the_button_on_the_plugins_page(shop: Shop, alipay: AlipayTwin, stripe: StripeTwin) -> None:
    client = signed_in(shop.site("payments_alipay", **of(alipay)))
    done = post(client, "/admin/plugins/payments_alipay/connections/alipay", form_on="/admin/plugins/payments_alipay").text
    assert "Alipay: it works" in done
    assert '<dd class="definition__value">sandbox: no money moves</dd>' in done
    wrong = {"secret_key": "sk_test_revoked_long_ago", "api_base": stripe.url}
    client = signed_in(shop.site("payments_stripe", **wrong))
    page = "/zh/admin/plugins/payments_stripe"
    done = post(client, f"{page}/connections/stripe", form_on=page).text
    assert "Stripe：尚未连通" in done
    assert "Stripe 不认识该密钥，或者它已被撤销。" in done
    assert "revoked_long_ago" not in done

"""Keys of the gateways are seen nowhere: distinctive ones are set, everything is made to fail, and all output is searched."""

import re
from collections.abc import Iterator

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from marketry_gateways.alipay.signing import new_key, private_pem
from sqlalchemy import inspect, text
from tests.payments.staff import send_form
from tests.payments.till import Till, until

OWN_SHOP = True
pytestmark = pytest.mark.parametrize("open_till", ["sqlite"], indirect=True, scope="module")  # no statement of SQL differs
_KEY = private_pem(new_key())
SECRETS = {
    "MARKETRY_PAYMENTS_STRIPE__SECRET_KEY": "sk_test_Zq7KeyOfThisVeryShop",
    "MARKETRY_PAYMENTS_STRIPE__WEBHOOK_SECRET": "whsec_Zq7NowOfThisVeryShop",
    "MARKETRY_PAYMENTS_STRIPE__WEBHOOK_SECRET_BEFORE": "whsec_Zq7BeforeOfThisVeryShop",
    "MARKETRY_PAYMENTS_ALIPAY__PRIVATE_KEY": _KEY,  # not the one whose public half Alipay's twin has
}
ENVIRONMENT = {**SECRETS, "MARKETRY_PAYMENTS_ALIPAY__DESKTOP": "qr", "MARKETRY_LOG_LEVEL": "DEBUG"}
# The middle of each, without what is known of all keys; of RSA the secret numbers as well.
_numbers = load_pem_private_key(_KEY.encode(), None).private_numbers()  # type: ignore[union-attr]
MARKS = ("Zq7KeyOf", "Zq7NowOf", "Zq7BeforeOf", _KEY.splitlines()[5], str(_numbers.d)[:40], f"{_numbers.d:x}"[:40])  # type: ignore[union-attr]
PAGES = (
    "/admin", "/admin/plugins", "/admin/plugins/payments_stripe", "/admin/plugins/payments_alipay", "/admin/audit",
    "/admin/outbox", "/admin/system", "/admin/orders", "/zh/admin/plugins/payments_stripe", "/zh/admin/plugins/payments_alipay",
    "/metrics", "/readyz", "/healthz", "/api/v1/openapi.json",
)  # fmt: skip
COMMANDS = (("plugin", "info", "payments_stripe"), ("plugin", "info", "payments_alipay"))


class Heard:
    """All that the shop said, with where it said it."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def answer(self, answer: httpx.Response) -> httpx.Response:
        self.said.append((str(answer.request.url), f"{answer.headers}\n{answer.text}"))
        return answer

    def leaks(self) -> list[tuple[str, str]]:
        return [(place, mark) for place, told in self.said for mark in MARKS if mark in told]


@pytest.fixture(scope="module")
def heard(open_till: Till) -> Heard:
    return Heard()


def rows(till: Till) -> Iterator[tuple[str, str]]:
    """Every row of every table."""
    with till.books.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                yield table, repr(tuple(row))


def payment_of(till: Till, number: str) -> str:
    return str(till.payments(number)[0].id)


@pytest.mark.parametrize("method", ["stripe", "alipay"])
def test_a_gateway_that_refuses_the_key(till: Till, heard: Heard, method: str) -> None:
    number, token, action = till.placed(method, "TEN", "CNY")
    assert action is None or method == "stripe"
    until(lambda: till.payments(number)[0].state == "failed", 60)
    here = f"{till.site.url}/orders/{number}"
    heard.answer(till.browser.get(f"{here}?token={token}", follow_redirects=True))
    heard.answer(till.browser.get(f"{till.site.url}/api/v1/orders/{number}", headers={"X-Order-Token": token}))
    heard.answer(till.staff.get(f"/admin/orders/{number}"))
    heard.answer(till.deed(number, "refund", amount=100))
    page = f"/admin/payments/{payment_of(till, number)}"
    heard.answer(send_form(till.staff, page, f"{page}/look"))
    heard.answer(till.staff.get(page))


@pytest.mark.parametrize("language", ["", "/zh"])
@pytest.mark.parametrize(("plugin", "name"), [("payments_stripe", "stripe"), ("payments_alipay", "alipay")])
def test_the_button_that_tries_the_connection(till: Till, heard: Heard, plugin: str, name: str, language: str) -> None:
    page = f"{language}/admin/plugins/{plugin}"
    said = heard.answer(send_form(till.staff, page, f"{page}/connections/{name}"))
    assert said.status_code == 200
    assert "notice--danger" in said.text


@pytest.mark.parametrize("kind", ["error", "reset"])
def test_a_gateway_in_trouble(till: Till, heard: Heard, kind: str) -> None:
    till.stripe.fault(kind, 4)
    till.alipay.controls.fault(kind, count=4)
    for plugin, name in (("payments_stripe", "stripe"), ("payments_alipay", "alipay")):
        page = f"/admin/plugins/{plugin}"
        assert "notice--danger" in heard.answer(send_form(till.staff, page, f"{page}/connections/{name}")).text
    for method in ("stripe", "alipay"):
        till.placed(method, "TEN", "CNY")


@pytest.mark.parametrize("plugin", ["payments_stripe", "payments_alipay"])
@pytest.mark.parametrize("body", ["{}", "a=1&a=2", "sign_type=RSA2&sign=AAAA&app_id=1", '{"livemode": true}'])
def test_a_notice_that_is_none(till: Till, heard: Heard, plugin: str, body: str) -> None:
    stamped = {"Stripe-Signature": "t=1,v1=00"}
    assert heard.answer(till.browser.post(f"{till.site.url}/hooks/{plugin}", content=body, headers=stamped)).status_code == 400


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_operators_read(till: Till, heard: Heard, command: tuple[str, ...]) -> None:
    told = till.site.command(*command, check=False)
    heard.said.append((" ".join(command), told.stdout + told.stderr))
    assert told.stdout + told.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MARKETRY_PAYMENTS_STRIPE__SECRET_KEY", "pk_live_Zq7KeyOfThisVeryShop"),  # no secret key
        ("MARKETRY_PAYMENTS_STRIPE__ACCOUNT", "shop"),
        ("MARKETRY_PAYMENTS_ALIPAY__MODE", "production"),
        ("MARKETRY_PAYMENTS_ALIPAY__PRIVATE_KEI", _KEY),  # a slip of the pen
    ],
)
def test_a_shop_that_doesnt_start(till: Till, heard: Heard, name: str, value: str) -> None:
    """It says which setting is wrong, and not what it holds."""
    told = till.site.command("doctor", check=False, **{name: value})
    heard.said.append((name, told.stdout + told.stderr))
    assert re.search(name.rpartition("__")[2], told.stdout + told.stderr, re.I)


def test_settings_that_are_saved_in_the_back_office(till: Till, heard: Heard) -> None:
    """What the environment sets can't be saved there, whatever is sent; a refusal doesn't repeat it."""
    for plugin, field in (("payments_stripe", "secret_key"), ("payments_alipay", "private_key")):
        page = f"/admin/plugins/{plugin}"
        answer = heard.answer(send_form(till.staff, page, f"{page}/settings", **{field: "pk_Zq7KeyOfAnother", "minutes": "1"}))
        assert (plugin, answer.status_code) == (plugin, 422)


def test_after_all_that_no_key_is_seen_anywhere(till: Till, heard: Heard) -> None:
    """In no answer, on no page of staff, in no line of the log (at its most talkative), in no row of the database."""
    for page in PAGES:
        heard.answer(till.staff.get(page))
    log = (till.site.folder / "log").read_text(errors="replace")
    assert '"level": "debug"' in log
    heard.said += [("the log", log), *rows(till)]
    assert len(heard.said) > 100
    assert heard.leaks() == []


def test_the_search_itself_finds(heard: Heard) -> None:
    heard.said.append(("here", f"key {SECRETS['MARKETRY_PAYMENTS_STRIPE__SECRET_KEY']}"))
    assert heard.leaks() == [("here", "Zq7KeyOf")]

"""The twin as a process: started by command, steered over HTTP, with a book that survives."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import stripe
from gateways.tests.stripe.buyer import Buyer, checkout, paid
from gateways.tests.stripe.shop import SECRET, Shop
from marketry_gateways.stripe import StripeTwin


def control(twin: StripeTwin, **asked: Any) -> httpx.Response:
    return httpx.post(f"{twin.url}/_control", json=asked, trust_env=False)


def test_the_levers_are_pulled_over_http(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    assert control(twin, do="hold").json() == {"result": None}
    intent = paid(client, buyer, amount=1000)
    assert len(control(twin, do="held").json()["result"]) == 4
    assert control(twin, do="dispute", payment_intent=intent).json()["result"]["amount"] == 1000
    assert control(twin, do="release", order="reversed").json() == {"result": 6}
    assert control(twin, do="quiet").json() == {"result": True}
    control(twin, do="fault", kind="rate_limit")
    assert httpx.get(f"{twin.url}/v1/account", auth=(twin.key, ""), trust_env=False).status_code == 429


def test_a_lever_that_does_not_exist_or_breaks_is_said_so(twin: StripeTwin) -> None:
    unknown, wrong, nothing = (
        control(twin, do="__init__"),
        control(twin, do="fault", kind="x"),
        control(twin, do="settle", payment_intent="pi_x"),
    )
    assert [answer.status_code for answer in (unknown, wrong, nothing)] == [400, 400, 400]
    assert nothing.json() == {"error": "nothing is called pi_x"}


def test_the_book_over_http_is_the_book(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    paid(client, buyer, client_reference_id="order-9", payment_intent_data={"metadata": {"order": "9"}})
    book = httpx.get(f"{twin.url}/_book", trust_env=False).json()
    assert book == twin.statement()
    (payment,) = book["payments"]
    assert (payment["client_reference_id"], payment["metadata"], payment["captured"]) == ("order-9", {"order": "9"}, 1999)


def test_the_command_serves_and_its_book_survives_a_restart(tmp_path: Path, shop: Shop, buyer: Buyer) -> None:
    settings = tmp_path / "settings.json"
    book = ["--book", str(tmp_path / "book.sqlite"), "--port", "0", "--settings", str(settings)]
    command = [sys.executable, "-m", "marketry_gateways.cli", "stripe", *book, "--webhook", shop.url, "--secret", SECRET]
    intents = []
    for _ in range(2):
        settings.unlink(missing_ok=True)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                client = _client(settings)
                intents.append(paid(client, buyer))
                assert len(client.v1.charges.list().data) == len(intents)
                assert checkout(client).url.startswith("http://127.0.0.1:")
                assert shop.wait_for(4 * len(intents))
            finally:
                process.terminate()
    assert len(set(intents)) == 2
    assert shop.types.count("checkout.session.completed") == 2


def _client(settings: Path) -> stripe.StripeClient:
    for _ in range(400):
        if settings.exists() and settings.read_text():
            break
        time.sleep(0.05)
    given = json.loads(settings.read_text())
    assert settings.stat().st_mode & 0o777 == 0o600
    return stripe.StripeClient(given["secret_key"], base_addresses={"api": given["api"]}, max_network_retries=0)

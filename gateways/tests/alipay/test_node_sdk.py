"""The twin and the npm package `alipay-sdk` agree. Skipped where Node.js or the package can't be had.

`ALIPAY_NODE_SDK` may name a folder that has it in `node_modules`; else npm installs it into a folder of the tests' own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from gateways.tests.alipay.merchant import Merchant, query_of
from gateways.tests.alipay.shop import Shop

SCRIPT = Path(__file__).parent / "node_sdk.mjs"
VERSION = "4.14.0"


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("ALIPAY_NODE_SDK")
    if not shutil.which("node"):
        pytest.skip("Node.js isn't here, so npm's alipay-sdk can't be asked")
    if named:
        return Path(named)
    folder = tmp_path_factory.mktemp("alipay-sdk")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm isn't here, so alipay-sdk can't be installed")
    command = [
        npm,
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefer-offline",
        "--prefix",
        str(folder),
        f"alipay-sdk@{VERSION}",
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not bring alipay-sdk within a minute")
    if done.returncode:
        pytest.skip("npm can't reach its registry, so alipay-sdk can't be installed")
    return folder


@pytest.fixture(params=["key", "certificate"])
def buyer(request: pytest.FixtureRequest) -> Merchant:
    chosen: Merchant = request.getfixturevalue("merchant" if request.param == "key" else "certified_merchant")
    return chosen


def ask(sdk: Path, buyer: Merchant, *steps: list[object]) -> list[Any]:
    message = json.dumps({"settings": buyer.twin.settings(), "steps": steps})
    environment = {**os.environ, "TZ": "Asia/Shanghai"}
    done = subprocess.run(
        ["node", str(SCRIPT), str(sdk)], input=message, capture_output=True, text=True, timeout=60, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(answers, list)
    return answers


def test_what_it_signs_the_twin_takes_and_what_the_twin_signs_it_takes(sdk: Path, buyer: Merchant, shop: Shop) -> None:
    order = {"outTradeNo": "A1", "totalAmount": "88.88", "subject": "青瓷杯", "productCode": "FAST_INSTANT_TRADE_PAY"}
    params = {"bizContent": order, "notifyUrl": shop.url, "returnUrl": "https://shop.example/"}
    link, form = ask(sdk, buyer, ["page", "alipay.trade.page.pay", params], ["form", "alipay.trade.page.pay", params])
    action = re.findall(r'action="([^"]+)"', form)[0]  # as the SDK writes it, bare ampersands
    hidden = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
    assert "选择付款账户" in buyer.browser.post(action, data=hidden).text
    answer = buyer.decide(buyer.sign_in(buyer.browser.get(link)), "pay")
    notified = shop.await_count(1)[0]
    checks = ask(
        sdk,
        buyer,
        ["notified", query_of(answer.headers["location"])],
        ["notified", notified],
        ["notified", {**notified, "total_amount": "0.01"}],
    )
    assert checks == [True, True, False]


def test_its_calls_are_answered_and_its_check_of_the_answer_holds(sdk: Path, buyer: Merchant) -> None:
    order = {"outTradeNo": "Q1", "totalAmount": "10.00", "subject": "青瓷杯"}
    (code,) = ask(sdk, buyer, ["exec", "alipay.trade.precreate", {"bizContent": order}])
    assert buyer.browser.get(code["qrCode"]).status_code == 200
    buyer.twin.controls.pay("Q1")
    refund = {"bizContent": {"outTradeNo": "Q1", "refundAmount": "3.33", "outRequestNo": "r1"}}
    numbers = {"bizContent": {"outTradeNo": "Q1", "outRequestNo": "r1"}}
    paid, first, again, asked = ask(
        sdk,
        buyer,
        ["exec", "alipay.trade.query", {"bizContent": {"outTradeNo": "Q1"}}],
        ["exec", "alipay.trade.refund", refund],
        ["exec", "alipay.trade.refund", refund],
        ["exec", "alipay.trade.fastpay.refund.query", numbers],
    )
    assert (paid["tradeStatus"], paid["totalAmount"]) == ("TRADE_SUCCESS", "10.00")
    assert (first["fundChange"], again["fundChange"]) == ("Y", "N")
    assert (asked["refundStatus"], asked["refundAmount"]) == ("REFUND_SUCCESS", "3.33")


def test_it_refuses_a_wrongly_signed_answer(sdk: Path, buyer: Merchant) -> None:
    buyer.twin.controls.fault("wrong_signature", "alipay.trade.query")
    (answer,) = ask(sdk, buyer, ["exec", "alipay.trade.query", {"bizContent": {"outTradeNo": "A1"}}])
    assert "验签失败" in answer["thrown"]

"""Signatures in both directions with Stripe's own SDK for Node, a second reading of the same contract."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import stripe
from gateways.tests.stripe.shop import SECRET, Shop
from marketry_gateways.stripe import StripeTwin
from marketry_gateways.stripe.signing import header, signature
from marketry_gateways.stripe.spoiling import spoil

PACKAGE = "stripe@23.1.0"
VERIFY = """
const stripe = require('stripe')('sk_test_x'); const input = JSON.parse(require('fs').readFileSync(0));
const verdicts = input.map(({body, header, secret}) => {
  try { return stripe.webhooks.constructEvent(Buffer.from(body, 'base64'), header, secret).type; }
  catch (error) { return error.type || error.constructor.name; }
});
console.log(JSON.stringify(verdicts));
"""
SIGN = """
const stripe = require('stripe')('sk_test_x'); const {payload, secret, timestamp} = JSON.parse(require('fs').readFileSync(0));
console.log(stripe.webhooks.generateTestHeaderString({payload, secret, timestamp}));
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Node finds the package ``stripe``."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node and npm aren't installed here; Stripe's signatures are then checked with the Python SDK only")
    folder = tmp_path_factory.mktemp("node")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--silent", PACKAGE]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm took longer than a minute to install the package stripe")
    if done.returncode:
        pytest.skip(f"npm couldn't install {PACKAGE} (no network?): {done.stderr[-200:]!r}")
    return folder


def run(node: Path, script: str, given: object) -> str:
    done = subprocess.run(
        ["node", "-e", script], cwd=node, input=json.dumps(given), capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout.strip()


def test_node_verifies_the_twin_s_events_and_refuses_flawed_ones(
    node: Path, client: stripe.StripeClient, twin: StripeTwin, shop: Shop
) -> None:
    client.v1.customers.create({"email": "ada@example.com", "name": "艾达 ☕"})
    assert twin.quiet()
    ((body, sent),) = shop.raw
    now = int(time.time())
    cases = [(body, sent, SECRET), (body, header(body, ("whsec_new", SECRET), now), SECRET), (body, sent, "whsec_other")]
    cases += [(*spoil(flaw, body, (SECRET,), now), SECRET) for flaw in ("altered", "forged", "stale", "wrong_scheme")]
    given = [{"body": base64.b64encode(body).decode(), "header": signed, "secret": secret} for body, signed, secret in cases]
    refused = ["StripeSignatureVerificationError"] * 5
    assert json.loads(run(node, VERIFY, given)) == ["customer.created", "customer.created", *refused]


def test_the_twin_signs_as_node_does(node: Path) -> None:
    payload = json.dumps({"name": "艾达", "n": 1}, ensure_ascii=False)
    signed = run(node, SIGN, {"payload": payload, "secret": SECRET, "timestamp": 1795401050})
    assert signed == f"t=1795401050,v1={signature(payload.encode(), SECRET, 1795401050)}"

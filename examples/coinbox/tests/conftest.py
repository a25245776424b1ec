"""A Coinbox on loopback that keeps a book, and what a merchant sets to use it."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import ProxyHandler, Request, build_opener

import pytest

KEY, SECRET = "key-of-the-shop", "secret-of-notices"


class CoinboxServer(ThreadingHTTPServer):
    """Payments, the page where buyers pay them, refunds and notices. `lose_next`: the next deed is done, and never answered."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.book, self.lose_next, self.events = {}, False, 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def begin(self, asked):
        """The same reference again is the same payment."""
        known = next((p for p in self.book.values() if p["reference"] == asked["reference"]), None)
        if known:
            return known
        name = f"pay_{len(self.book) + 1}"
        self.book[name] = {**asked, "id": name, "status": "open", "page": f"{self.url}/pay/{name}", "refunds": []}
        return self.book[name]

    def pay(self, payment):
        payment["status"] = "paid"
        self.events += 1
        told = {name: payment[name] for name in ("reference", "status")}
        body = json.dumps({"event": f"ev_{self.events}", "payment": payment["id"], **told}).encode()
        headers = {"Coinbox-Signature": self.signature(body), "Content-Type": "application/json"}
        build_opener(ProxyHandler({})).open(Request(payment["notify_url"], body, headers), timeout=10).close()

    def signature(self, body):
        return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

    def cancel(self, payment):
        payment["status"] = "cancelled" if payment["status"] == "open" else payment["status"]

    def refund(self, payment, asked):
        """The same reference again is the same refund; None where there isn't so much."""
        if any(r["reference"] == asked["reference"] for r in payment["refunds"]):
            return payment
        given = sum(r["amount"] for r in payment["refunds"])
        if payment["status"] != "paid" or given + asked["amount"] > payment["amount"]:
            return None
        payment["refunds"].append({"id": f"{payment['id']}_r{len(payment['refunds']) + 1}", **asked})
        return payment


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(self.server.book.get(self.path.split("/")[2]))

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        parts = self.path.strip("/").split("/")
        payment = self.server.book.get(parts[1]) if len(parts) > 1 else None
        if parts[0] == "pay":  # the buyer's browser
            self.server.pay(payment)
        elif self.headers.get("authorization") != f"Bearer {KEY}":
            payment = None
        elif parts == ["payments"]:
            payment = self.server.begin(asked)
        elif payment and parts[-1] == "cancel":
            self.server.cancel(payment)
        elif payment and parts[-1] == "refunds":
            payment = self.server.refund(payment, asked)
        if self.server.lose_next:
            self.server.lose_next, self.close_connection = False, True
        else:
            self.answer(payment)

    def answer(self, told):
        body = json.dumps(told or {"error": "not possible"}).encode()
        self.send_response(200 if told else 400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *values):
        """Silent."""


@pytest.fixture(scope="module")
def server():
    with CoinboxServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def settings(server):
    """TOML for `make_site`. Addresses of one's own machine are closed to plugins unless the site opens them."""
    own = f'[settings.coinbox]\nkey = "{KEY}"\nsecret = "{SECRET}"\napi = "{server.url}"\n'
    return own + '[outbound]\nallow = ["127.0.0.1"]\n'

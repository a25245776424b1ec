"""A merchant who signs as the documentation says, with nothing of the twin's; and their buyer's browser."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from marketry_gateways.alipay import AlipayTwin

PRODUCTS = {"alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY"}


class Merchant:
    """Speaks to one twin. `call` returns the inner object of the answer after its signature held, if it has one."""

    def __init__(self, twin: AlipayTwin) -> None:
        settings = twin.settings()
        self.settings, self.twin = settings, twin
        key = serialization.load_pem_private_key(
            settings["merchant_private_key"].encode(), None, unsafe_skip_rsa_key_validation=True
        )
        alipay = serialization.load_pem_public_key(settings["alipay_public_key"].encode())
        assert isinstance(key, rsa.RSAPrivateKey)
        assert isinstance(alipay, rsa.RSAPublicKey)
        self._key, self._alipay = key, alipay
        self.browser = httpx.Client(trust_env=False, follow_redirects=True, base_url=twin.base)

    def parameters(self, method: str, content: object, **more: str) -> dict[str, str]:
        """Signed. `more` replaces or adds parameters before the signature; an empty one counts as not sent."""
        unsigned = {
            "app_id": self.settings["app_id"],
            "method": method,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": datetime.now(timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False),
        } | more
        text = "&".join(f"{name}={value}" for name, value in sorted(unsigned.items()) if value)
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return unsigned | {"sign": base64.b64encode(signature).decode()}

    def post(self, parameters: dict[str, str]) -> httpx.Response:
        return self.browser.post("/gateway.do", data=parameters)

    def call(self, method: str, content: object, **more: str) -> dict[str, object]:
        text = self.post(self.parameters(method, content, **more)).text
        name = method.replace(".", "_") + "_response"
        body = json.loads(text)
        start = text.index("{", 1)
        inner = text[start : text.rindex("}", start, text.rindex('"sign"')) + 1]
        self._alipay.verify(base64.b64decode(body["sign"]), inner.encode(), padding.PKCS1v15(), hashes.SHA256())
        assert inner.startswith('{"code":')
        answer = body[name]
        assert isinstance(answer, dict)
        return answer

    def open(
        self, out_trade_no: str, amount: str = "88.88", *, method: str = "alipay.trade.page.pay", **fields: str
    ) -> httpx.Response:
        """The buyer's browser follows the shop's link; returns the first page it sees."""
        addresses = {name: fields.pop(name) for name in ("notify_url", "return_url") if name in fields}
        content = {
            "out_trade_no": out_trade_no,
            "total_amount": amount,
            "subject": "青瓷杯 Cup",
            "product_code": PRODUCTS[method],
            **fields,
        }
        return self.browser.get("/gateway.do?" + urlencode(self.parameters(method, content, **addresses)))

    def sign_in(self, page: httpx.Response, buyer: str = "2088722000000017") -> httpx.Response:
        return self.browser.post(f"{page.url}/account", data={"buyer": buyer})

    def decide(self, page: httpx.Response, act: str) -> httpx.Response:
        token = urlsplit(str(page.url)).path.rsplit("/", 1)[1]
        return self.browser.post(f"/cashier/{token}/decision", data={"act": act}, follow_redirects=False)

    def see(self, answer: httpx.Response) -> httpx.Response:
        """The page a redirect within the cashier leads to."""
        assert answer.status_code == 303
        return self.browser.get(answer.headers["location"])

    def buy(self, out_trade_no: str, amount: str = "88.88", **fields: str) -> httpx.Response:
        """Open, sign in, pay; returns the cashier's last answer."""
        return self.decide(self.sign_in(self.open(out_trade_no, amount, **fields)), "pay")

    def query(self, out_trade_no: str) -> dict[str, object]:
        return self.call("alipay.trade.query", {"out_trade_no": out_trade_no})

    def refund(self, out_trade_no: str, amount: str, number: str = "", **more: object) -> dict[str, object]:
        content: dict[str, object] = {"out_trade_no": out_trade_no, "refund_amount": amount, **more}
        return self.call("alipay.trade.refund", content | ({"out_request_no": number} if number else {}))

    def verified(self, fields: dict[str, str]) -> bool:
        """Whether a notification or return is Alipay's, blanks kept."""
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name not in ("sign", "sign_type"))
        try:
            self._alipay.verify(base64.b64decode(fields["sign"]), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except Exception:
            return False
        return True


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def refused(answer: dict[str, object]) -> tuple[object, object]:
    return answer["code"], answer.get("sub_code")

"""Paying on Coinbox's page. What a buyer's return or a notice says is never believed: the payment is fetched."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from marketry.commerce.money import Money
from marketry.commerce.payment import (
    Action,
    AttemptState,
    Charge,
    Entry,
    Notice,
    Phase,
    ProviderKind,
    RawRequest,
    Snapshot,
    TransactionKind,
)
from marketry.commerce.quote import Quote
from marketry.problems import Problem, Refused
from marketry_coinbox.settings import CoinboxSettings

if TYPE_CHECKING:
    from marketry import Context

CURRENCIES = ("USD", "EUR")
STATES = {"open": AttemptState.REQUIRES_ACTION, "paid": AttemptState.CAPTURED, "cancelled": AttemptState.CANCELLED}


class Coinbox:
    """A payment's remote id is Coinbox's; our key goes along as its `reference`, and under it nothing is done twice."""

    code = "coinbox"
    kind = ProviderKind.REMOTE

    def label(self, ctx: "Context") -> str:
        return ctx.gettext("Coinbox")

    def offered(self, ctx: "Context", quote: Quote) -> Problem | None:
        if ctx.settings(CoinboxSettings).key.get_secret_value() and quote.currency in CURRENCIES:
            return None
        return Problem("payment_method_unavailable", ctx.gettext("You can't pay with Coinbox now."), "payments")

    def fee(self, ctx: "Context", quote: Quote) -> Money | None:
        return None

    def redirect_hosts(self, ctx: "Context") -> Sequence[str]:
        """Payment pages may send their forms there, and nowhere else."""
        api = urlsplit(ctx.settings(CoinboxSettings).address)
        return (f"{api.scheme}://{api.netloc}",)

    def initiate(self, ctx: "Context", charge: Charge) -> Snapshot:
        if charge.amount.currency not in CURRENCIES:
            raise _refused(ctx, "currency")
        asked = {
            "reference": charge.key,
            "amount": charge.amount.minor,
            "currency": charge.amount.currency,
            "return_url": charge.return_url,
            "notify_url": ctx.site.base_url.rstrip("/") + "/hooks/coinbox",
        }
        return _snapshot(_call(ctx, "POST", "/payments", asked), charge)

    def fetch(self, ctx: "Context", charge: Charge) -> Snapshot:
        return _snapshot(_call(ctx, "GET", f"/payments/{charge.remote_id}"), charge)

    def capture(self, ctx: "Context", charge: Charge, amount: Money, key: str) -> Snapshot:
        """Coinbox takes the money at once."""
        return self.fetch(ctx, charge)

    def void(self, ctx: "Context", charge: Charge, key: str) -> Snapshot:
        """Coinbox cancels what is open, and tells how a paid one stands."""
        return _snapshot(_call(ctx, "POST", f"/payments/{charge.remote_id}/cancel", {}), charge)

    def refund(self, ctx: "Context", charge: Charge, amount: Money, key: str) -> Snapshot:
        asked = {"amount": amount.minor, "reference": key}
        return _snapshot(_call(ctx, "POST", f"/payments/{charge.remote_id}/refunds", asked), charge)

    def parse_webhook(self, ctx: "Context", request: RawRequest) -> Notice:
        """Signed over the bytes of the body with the secret that the merchant copied."""
        secret = ctx.settings(CoinboxSettings).secret.get_secret_value().encode()
        signature = hmac.new(secret, request.body, hashlib.sha256).hexdigest()
        if not secret or not hmac.compare_digest(signature.encode(), request.headers.get("coinbox-signature", "").encode()):
            raise Refused(Problem("bad_notice", ctx.gettext("This notice isn't from Coinbox."), status=400))
        told = json.loads(request.body)
        return Notice(told["event"], told["payment"], told["reference"], told["status"])

    def acknowledge(self, ctx: "Context", notice: Notice) -> tuple[int, str]:
        return 200, ""


def _call(ctx: "Context", method: str, path: str, asked: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """What Coinbox answers. Refused where it says no for good; any other trouble is raised, and the job asks again."""
    settings = ctx.settings(CoinboxSettings)
    headers = {"authorization": f"Bearer {settings.key.get_secret_value()}"}
    answer = ctx.http.request(method, settings.address + path, headers=headers, json=asked, plugin="coinbox", seconds=8)
    told = answer.json()
    if 400 <= answer.status_code < 500:
        raise _refused(ctx, str(told["error"]))
    answer.raise_for_status()
    return dict(told)


def _refused(ctx: "Context", reason: str) -> Refused:
    return Refused(Problem("payment_refused", ctx.gettext("Coinbox refused: %(reason)s", reason=reason), "payments", status=409))


def _snapshot(told: Mapping[str, Any], charge: Charge) -> Snapshot:
    """Every movement so far. An answer about another payment is an error, whatever it says."""
    if told["reference"] != charge.key:
        raise ValueError(f"asked about {charge.key}, answered about {told['reference']}")
    currency, paid = told["currency"], told["status"] == "paid"
    taken = [Entry(TransactionKind.CAPTURE, Phase.SUCCEEDED, Money(told["amount"], currency), told["id"])] if paid else []
    back = [
        Entry(TransactionKind.REFUND, Phase.SUCCEEDED, Money(one["amount"], currency), one["id"], key=one["reference"])
        for one in told["refunds"]
    ]
    action = Action("redirect", told["page"]) if told["status"] == "open" else None
    return Snapshot(STATES[told["status"]], told["id"], (*taken, *back), action=action)

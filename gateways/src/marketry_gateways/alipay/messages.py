"""The two messages that go to a shop: the notification (server to server) and the return (by the buyer's browser).

https://opendocs.alipay.com/open/270/105902 (both, page), https://opendocs.alipay.com/open/194/103296 (QR)
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from marketry_gateways.alipay.amounts import write_amount
from marketry_gateways.alipay.clock import written
from marketry_gateways.alipay.identity import Identity
from marketry_gateways.alipay.signing import message_text, sign
from marketry_gateways.alipay.trades import Refund, Trade

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Notification:
    """One fact to tell a shop: its fields without time and signature, which every delivery makes anew. The id stays."""

    url: str
    fields: Mapping[str, str]
    notify_id: str = field(default_factory=lambda: f"{secrets.token_hex(17)}")

    @property
    def out_trade_no(self) -> str:
        return self.fields["out_trade_no"]

    def signed(self, identity: Identity, now: datetime) -> Pairs:
        """The form body's fields, in the order in which they are sent."""
        fields = {**self.fields, "notify_id": self.notify_id, "notify_time": written(now)}
        return [*fields.items(), ("sign_type", "RSA2"), ("sign", sign(message_text(fields), identity.alipay_key))]


def notification(identity: Identity, trade: Trade, refund: Refund | None) -> Notification:
    """What has become of a trade. After a refund: its number and the sum of all that went back."""
    order = trade.order
    fields = {
        "gmt_create": written(trade.created_at),
        "charset": "utf-8",
        "subject": order.subject,
        "body": order.body,
        "buyer_id": trade.buyer.number,
        "buyer_logon_id": trade.buyer.logon,
        "notify_type": "trade_status_sync",
        "trade_status": trade.status.value,
        "app_id": identity.app_id,
        "auth_app_id": identity.app_id,
        "seller_id": identity.seller_id,
        "version": "1.0",
        "out_trade_no": order.out_trade_no,
        "trade_no": trade.trade_no,
        "total_amount": write_amount(trade.total),
        **_payment(trade),
        **_refund(trade, refund),
    }
    if order.passback_params:
        fields["passback_params"] = order.passback_params
    if trade.closed_at:
        fields["gmt_close"] = written(trade.closed_at)
    return Notification(order.notify_url, fields)


def _payment(trade: Trade) -> dict[str, str]:
    if trade.paid_at is None:
        return {}
    paid = write_amount(trade.total)
    return {
        "receipt_amount": paid,
        "buyer_pay_amount": paid,
        "invoice_amount": paid,
        "point_amount": "0.00",
        "gmt_payment": written(trade.paid_at),
        "fund_bill_list": f'[{{"amount":"{paid}","fundChannel":"ALIPAYACCOUNT"}}]',
    }


def _refund(trade: Trade, refund: Refund | None) -> dict[str, str]:
    if refund is None or refund.refunded_at is None:
        return {}
    return {
        "refund_fee": write_amount(trade.refunded),
        "gmt_refund": written(refund.refunded_at) + f".{refund.refunded_at.microsecond // 1000:03d}",
        "out_biz_no": refund.out_request_no,
    }


def return_address(identity: Identity, trade: Trade, now: datetime) -> str:
    """The shop's `return_url` with Alipay's signed parameters. It says that the buyer is back, not that money has come."""
    order = trade.order
    fields = {
        "charset": "utf-8",
        "out_trade_no": order.out_trade_no,
        "method": f"{order.method}.return",
        "total_amount": write_amount(trade.total),
        "trade_no": trade.trade_no,
        "auth_app_id": identity.app_id,
        "version": "1.0",
        "app_id": identity.app_id,
        "seller_id": identity.seller_id,
        "timestamp": written(now),
    }
    pairs = [*fields.items(), ("sign_type", "RSA2"), ("sign", sign(message_text(fields), identity.alipay_key))]
    return order.return_url + ("&" if "?" in order.return_url else "?") + urlencode(pairs)

"""An order on its way to a buyer: a page of the cashier or a QR code, before and after somebody has signed in to pay it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketry_gateways.alipay.orders import Order
from marketry_gateways.alipay.trades import Trade

CODE_LIFETIME = timedelta(hours=2)
"""How long a code may be scanned: https://opendocs.alipay.com/apis/api_1/alipay.trade.precreate"""


@dataclass
class Checkout:
    """`token` is its address at the cashier; `trade` is None until a buyer has signed in."""

    token: str
    order: Order
    opened_at: datetime
    trade: Trade | None = None
    withdrawn: bool = False

    @property
    def is_code(self) -> bool:
        return self.order.method == "alipay.trade.precreate"

    def over(self, now: datetime) -> bool:
        """Whether nobody may begin to pay here any more: withdrawn, past its time, or a code that is too old."""
        expired = self.order.time_expire is not None and now >= self.order.time_expire
        return self.withdrawn or expired or (self.is_code and now >= self.opened_at + CODE_LIFETIME)

    def as_json(self) -> dict[str, object]:
        order = self.order
        return {"token": self.token, "out_trade_no": order.out_trade_no, "method": order.method, "opened": self.trade is not None}

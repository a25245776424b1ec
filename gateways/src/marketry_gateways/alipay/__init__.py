"""A stateful twin of Alipay's open platform on loopback: gateway, cashier, QR page, notifications, bills. No money moves.

In a test:

    with AlipayTwin(certificate_mode=True) as twin:
        settings = twin.settings()                # what a merchant pastes into the shop
        twin.controls.pay("A1")                   # a buyer who needs no browser, once the shop has opened order A1
        twin.controls.plan(copies=10, parallel=True)
        twin.controls.fault("lost_answer", "alipay.trade.refund")
        assert twin.book.refunded == Decimal("3.33")

The same acts by `POST /_control` (`{"action": "pay", "out_trade_no": "A1"}`) and the book by `GET /_book`; as a process of
its own: `marketry-gateways alipay --port 8210 --keys FOLDER --settings FILE`.
"""

from marketry_gateways.alipay.certificates import Certificates
from marketry_gateways.alipay.clock import Clock
from marketry_gateways.alipay.twin import AlipayTwin

__all__ = ["AlipayTwin", "Certificates", "Clock"]

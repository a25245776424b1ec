"""A stateful twin of Alipay's open platform on loopback: gateway, cashier, QR page, notifications, bills. No money moves."""

from marketry_gateways.alipay.certificates import Certificates
from marketry_gateways.alipay.clock import Clock
from marketry_gateways.alipay.twin import AlipayTwin

__all__ = ["AlipayTwin", "Certificates", "Clock"]

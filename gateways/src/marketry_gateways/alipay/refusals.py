"""Alipay's refusals in their exact form.

Gateway codes: https://opendocs.alipay.com/common/02km9f. The `ACQ.` codes stand on the page of each method, for example
https://opendocs.alipay.com/apis/api_1/alipay.trade.refund.
"""

from __future__ import annotations

MESSAGES = {
    "20000": "Service Currently Unavailable",
    "20001": "Insufficient Token Permissions",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40004": "Business Failed",
    "40006": "Insufficient Permissions",
}

BUSINESS = {
    "ACQ.SYSTEM_ERROR": "系统错误",
    "ACQ.INVALID_PARAMETER": "参数无效",
    "ACQ.ACCESS_FORBIDDEN": "无权限使用接口",
    "ACQ.TOTAL_FEE_EXCEED": "订单总金额不在允许范围内",
    "ACQ.CONTEXT_INCONSISTENT": "交易信息被篡改",
    "ACQ.TRADE_HAS_SUCCESS": "交易已被支付",
    "ACQ.TRADE_HAS_CLOSE": "交易已经关闭",
    "ACQ.TRADE_NOT_EXIST": "交易不存在",
    "ACQ.TRADE_STATUS_ERROR": "交易状态不合法",
    "ACQ.TRADE_HAS_FINISHED": "交易已经完结",
    "ACQ.TRADE_CANCEL_TIME_OUT": "超过撤销时间范围",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": "退款金额超限",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "退款金额无效",
    "ACQ.DISCORDANT_REPEAT_REQUEST": "请求信息不一致",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "卖家余额不足",
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": "买家余额不足",
    "isp.bill_not_exist": "账单不存在",
}


class Refusal(Exception):
    """An answer other than success: `code` and `sub_code` as documented, `sub_msg` for a person."""

    def __init__(self, code: str, sub_code: str, sub_msg: str) -> None:
        super().__init__(f"{code} {sub_code}: {sub_msg}")
        self.code, self.sub_code, self.sub_msg = code, sub_code, sub_msg

    def fields(self) -> dict[str, str]:
        return {"code": self.code, "msg": MESSAGES[self.code], "sub_code": self.sub_code, "sub_msg": self.sub_msg}


class GatewayRefusal(Refusal):
    """The gateway turned the call away before any method saw it. `signed`: it knows the caller well enough to sign."""

    def __init__(self, code: str, sub_code: str, sub_msg: str, *, signed: bool = True) -> None:
        super().__init__(code, sub_code, sub_msg)
        self.signed = signed


def missing(name: str, sub_msg: str, *, signed: bool = True) -> GatewayRefusal:
    return GatewayRefusal("40001", f"isv.missing-{name}", sub_msg, signed=signed)


def invalid(name: str, sub_msg: str, *, signed: bool = True) -> GatewayRefusal:
    return GatewayRefusal("40002", f"isv.invalid-{name}", sub_msg, signed=signed)


def business(sub_code: str, sub_msg: str | None = None) -> Refusal:
    """A method's own refusal (40004)."""
    return Refusal("40004", sub_code, sub_msg or BUSINESS.get(sub_code, sub_code))

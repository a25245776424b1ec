"""What is asked about a trade, and what its answers mean for the ledger. Pure.

Source: https://opendocs.alipay.com/open/028r8t (pay by page), /02ivbt (by phone), /02ekfg (QR), /028woa (query), /02o6e7 (close),
/028sm9 (refund), /028sma (query of a refund).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from marketry.commerce.payment import AttemptState, Charge, Entry, Phase, Snapshot, TransactionKind
from marketry_payments_alipay.amounts import amount_of, text_of
from marketry_payments_alipay.client import beijing

PRODUCTS = {"page": "FAST_INSTANT_TRADE_PAY", "phone": "QUICK_WAP_WAY", "qr": "QR_CODE_OFFLINE"}
METHODS = {"page": "alipay.trade.page.pay", "phone": "alipay.trade.wap.pay", "qr": "alipay.trade.precreate"}
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
REFUSED_CHARACTERS = str.maketrans(dict.fromkeys("/=&", " "))


def number_of(key: str) -> str:
    """`out_trade_no`: at most 64 letters, digits and underscores, so a key with a hyphen can't go as it is."""
    return key.encode().hex()


def key_of(number: str) -> str:
    """The attempt's key; ValueError for a number that isn't ours."""
    return bytes.fromhex(number).decode()


def order_of(charge: Charge, way: str, expires_at: datetime) -> dict[str, Any]:
    """The content of a request to pay. `out_trade_no` comes from the attempt's key: asking again is the same trade."""
    content = {
        "out_trade_no": number_of(charge.key),
        "total_amount": text_of(charge.amount),
        "subject": (charge.description or charge.order_number).translate(REFUSED_CHARACTERS)[:256],
        "product_code": PRODUCTS[way],
        "time_expire": beijing(expires_at),
    }
    return {**content, "quit_url": charge.cancel_url} if way == "phone" and charge.cancel_url else content


def lasts_until(now: datetime, minutes: int) -> datetime:
    return (now + timedelta(minutes=minutes)).replace(microsecond=0)


def snapshot_of(told: Mapping[str, Any], charge: Charge, app_id: str, live: bool) -> Snapshot:
    """A query's answer. A trade that was wholly refunded is TRADE_CLOSED too; then it has the time of its payment.

    ValueError where the answer speaks of another trade.
    """
    ours = number_of(charge.key)
    if told.get("out_trade_no") != ours:
        raise ValueError(f"asked about {ours}, answered about {told.get('out_trade_no')}")
    status, paid_at = told.get("trade_status"), told.get("send_pay_date")
    number = str(told.get("trade_no", ""))
    if status in PAID or (status == "TRADE_CLOSED" and paid_at):
        taken = Entry(TransactionKind.CAPTURE, Phase.SUCCEEDED, amount_of(str(told["total_amount"])), number)
        return Snapshot(AttemptState.CAPTURED, ours, (taken,), account=app_id, live=live)
    state = AttemptState.EXPIRED if status == "TRADE_CLOSED" else AttemptState.REQUIRES_ACTION
    return Snapshot(state, ours, account=app_id, live=live)


def refund_of(told: Mapping[str, Any], key: str) -> Entry | None:
    """The entry of a refund that a query (or its request) reports as done; None while it isn't."""
    amount = told.get("refund_amount")
    if amount is None or told.get("refund_status", "REFUND_SUCCESS") != "REFUND_SUCCESS":
        return None
    return Entry(TransactionKind.REFUND, Phase.SUCCEEDED, amount_of(str(amount)), key, key=key)

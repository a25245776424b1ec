"""The book on disk, so that a sandbox begins where it ended: one JSON file, written anew at every change."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from marketry_gateways.alipay.buyers import Buyer
from marketry_gateways.alipay.checkouts import Checkout
from marketry_gateways.alipay.orders import Order
from marketry_gateways.alipay.trades import Refund, RefundState, Status, Trade

Kept = tuple[dict[str, Trade], dict[str, Checkout]]
"""Trades by the shop's number, checkouts by their token."""


def load(path: Path) -> Kept:
    """What was kept at `path`; nothing where there is no such file."""
    if not path.exists():
        return {}, {}
    told = json.loads(path.read_text("utf-8"))
    trades = {trade.order.out_trade_no: trade for trade in map(_trade, told["trades"])}
    return trades, {checkout.token: checkout for checkout in (_checkout(one, trades) for one in told["checkouts"])}


def save(path: Path, trades: Iterable[Trade], checkouts: Iterable[Checkout]) -> None:
    """The file is whole at any moment: the new one takes the old one's place at once."""
    told = {
        "trades": [asdict(trade) for trade in trades],
        "checkouts": [{**asdict(c), "trade": c.trade is not None} for c in checkouts],
    }
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(told, default=_text, ensure_ascii=False), "utf-8")
    os.replace(beside, path)


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a book holds no {type(value).__name__}")


def _trade(told: Mapping[str, Any]) -> Trade:
    times = {name: _time(told[name]) for name in ("created_at", "expires_at", "paid_at", "closed_at")}
    known = {**told, **times, "order": _order(told["order"]), "buyer": Buyer(**told["buyer"]), "status": Status(told["status"])}
    return Trade(**{**known, "refunds": [_refund(one) for one in told["refunds"]]})


def _refund(told: Mapping[str, Any]) -> Refund:
    times = {name: _time(told[name]) for name in ("asked_at", "refunded_at")}
    return Refund(**{**told, **times, "amount": Decimal(told["amount"]), "state": RefundState(told["state"])})


def _order(told: Mapping[str, Any]) -> Order:
    known = {
        "total": Decimal(told["total"]),
        "time_expire": _time(told["time_expire"]),
        "timeout": timedelta(seconds=told["timeout"]),
    }
    return Order(**{**told, **known})


def _checkout(told: Mapping[str, Any], trades: Mapping[str, Trade]) -> Checkout:
    order = _order(told["order"])
    trade = trades[order.out_trade_no] if told["trade"] else None
    return Checkout(told["token"], order, datetime.fromisoformat(told["opened_at"]), trade, told["withdrawn"])


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

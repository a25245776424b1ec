"""The twin's own book: what it was asked, who paid what, what went back. Every change is made here, under one lock."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from marketry_gateways.alipay import keeping
from marketry_gateways.alipay.amounts import write_amount
from marketry_gateways.alipay.buyers import Buyer
from marketry_gateways.alipay.checkouts import Checkout
from marketry_gateways.alipay.clock import Clock
from marketry_gateways.alipay.orders import Order
from marketry_gateways.alipay.refusals import business
from marketry_gateways.alipay.trades import Refund, RefundState, Status, Trade

Listener = Callable[[Trade, Refund | None], None]


class Book:
    """All trades of one seller. `on_change` hears of every change of a trade, with the refund that made it, inside the lock.

    `path`: the file that keeps the book from one start to the next; without one it is in memory.
    """

    def __init__(self, clock: Clock, on_change: Listener, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._clock, self._on_change, self._path = clock, on_change, path
        self._trades, self._checkouts = keeping.load(path) if path else ({}, {})
        self.pending_refunds = 0
        self.seller_balance: Decimal | None = None

    # -- before a trade exists

    def open_checkout(self, order: Order, *, prefix: str = "") -> Checkout:
        """Takes an order in; no trade exists yet. Raises where its `out_trade_no` is already used otherwise."""
        with self.lock:
            self.expire()
            self._agreeing(order)
            checkout = Checkout(prefix + secrets.token_hex(12), order, self._clock.now())
            self._checkouts[checkout.token] = checkout
            self._keep()
            return checkout

    def checkout(self, token: str) -> Checkout | None:
        with self.lock:
            self.expire()
            return self._checkouts.get(token)

    def newest_checkout(self, out_trade_no: str) -> Checkout | None:
        with self.lock:
            self.expire()
            found = [c for c in self._checkouts.values() if c.order.out_trade_no == out_trade_no]
            return found[-1] if found else None

    def codes_for(self, out_trade_no: str) -> list[Checkout]:
        """The QR codes still out for an order that nobody has scanned."""
        now = self._clock.now()
        mine = [c for c in self._checkouts.values() if c.is_code and c.order.out_trade_no == out_trade_no]
        return [c for c in mine if c.trade is None and not c.over(now)]

    def withdraw_codes(self, out_trade_no: str) -> None:
        """Nobody may scan them any more."""
        with self.lock:
            for checkout in self.codes_for(out_trade_no):
                checkout.withdrawn = True
            self._keep()

    def begin(self, checkout: Checkout, buyer: Buyer) -> Trade:
        """The buyer has signed in: from here on the trade exists. The same order opened twice is one trade."""
        with self.lock:
            self.expire()
            order, now = checkout.order, self._clock.now()
            if checkout.over(now):
                raise business("ACQ.TRADE_HAS_CLOSE", "二维码已过期" if checkout.is_code else None)
            trade = self._agreeing(order)
            if trade is None:
                expires = order.time_expire or now + order.timeout
                trade = Trade(self._number(buyer, now), order, buyer, now, expires)
                self._trades[order.out_trade_no] = trade
            checkout.trade = trade
            self._keep()
            return trade

    def _agreeing(self, order: Order) -> Trade | None:
        """The unpaid trade this order already is, if any. Raises where the number stands for something else, or is used up."""
        trade = self._trades.get(order.out_trade_no)
        if trade is None:
            return None
        if trade.total != order.total or trade.order.subject != order.subject:
            raise business("ACQ.CONTEXT_INCONSISTENT")
        if trade.paid_at:
            raise business("ACQ.TRADE_HAS_SUCCESS")
        if trade.status is Status.TRADE_CLOSED:
            raise business("ACQ.TRADE_HAS_CLOSE")
        return trade

    def _number(self, buyer: Buyer, now: datetime) -> str:
        return f"{now:%Y%m%d}2200{buyer.number[-4:]}{secrets.randbelow(10**12):012d}"

    # -- the trade

    def find(self, out_trade_no: str, trade_no: str) -> Trade:
        """By either number; the trade number wins. Raises ACQ.TRADE_NOT_EXIST, and ACQ.INVALID_PARAMETER without either."""
        with self.lock:
            self.expire()
            if not (out_trade_no or trade_no):
                raise business("ACQ.INVALID_PARAMETER", "参数无效:out_trade_no与trade_no不能同时为空")
            if trade_no:
                trade = next((t for t in self._trades.values() if t.trade_no == trade_no), None)
            else:
                trade = self._trades.get(out_trade_no)
            if trade is None:
                raise business("ACQ.TRADE_NOT_EXIST")
            return trade

    def pay(self, trade: Trade) -> None:
        """Moves the buyer's money. Raises where it was paid or closed before."""
        with self.lock:
            self.expire()
            self._agreeing(trade.order)
            trade.status, trade.paid_at = Status.TRADE_SUCCESS, self._clock.now()
            if self.seller_balance is not None:
                self.seller_balance += trade.total
            self._changed(trade, None)

    def close(self, trade: Trade) -> None:
        """Only an unpaid trade can be closed."""
        with self.lock:
            self.expire()
            if trade.status is not Status.WAIT_BUYER_PAY:
                raise business("ACQ.TRADE_STATUS_ERROR")
            self._closed(trade)

    def expire(self) -> None:
        """Closes every unpaid trade whose time is up."""
        with self.lock:
            now = self._clock.now()
            for trade in self._trades.values():
                if trade.status is Status.WAIT_BUYER_PAY and now >= trade.expires_at:
                    self._closed(trade)

    def finish(self, trade: Trade) -> None:
        """The refund period is over: from now on nothing goes back."""
        with self.lock:
            if trade.status is not Status.TRADE_SUCCESS:
                raise business("ACQ.TRADE_STATUS_ERROR")
            trade.status = Status.TRADE_FINISHED
            self._changed(trade, None)

    def _closed(self, trade: Trade, refund: Refund | None = None) -> None:
        trade.status, trade.closed_at = Status.TRADE_CLOSED, self._clock.now()
        self._changed(trade, refund)

    def _changed(self, trade: Trade, refund: Refund | None) -> None:
        """Kept before anybody is told."""
        self._keep()
        self._on_change(trade, refund)

    def _keep(self) -> None:
        if self._path:
            keeping.save(self._path, self._trades.values(), self._checkouts.values())

    # -- money back

    def refund(self, trade: Trade, amount: Decimal, out_request_no: str, reason: str) -> tuple[Refund, bool]:
        """Sends money back once per `out_request_no`. Returns the refund and whether this call moved money."""
        with self.lock:
            self.expire()
            known = trade.refund(out_request_no or trade.order.out_trade_no)
            if known and known.state is not RefundState.FAILED:
                if known.amount != amount:
                    raise business("ACQ.DISCORDANT_REPEAT_REQUEST")
                return known, False
            self._may_refund(trade, amount, out_request_no)
            if known:  # failed before: the same number may try again
                trade.refunds.remove(known)
            refund = Refund(out_request_no or trade.order.out_trade_no, amount, self._clock.now(), reason, RefundState.PENDING)
            trade.refunds.append(refund)
            if self.pending_refunds:
                self.pending_refunds -= 1
                self._keep()
                return refund, False
            self.settle_refund(trade, refund)
            return refund, True

    def _may_refund(self, trade: Trade, amount: Decimal, out_request_no: str) -> None:
        if trade.status is Status.WAIT_BUYER_PAY:
            raise business("ACQ.TRADE_STATUS_ERROR")
        if trade.status is Status.TRADE_FINISHED:
            raise business("ACQ.TRADE_HAS_FINISHED")
        if trade.status is Status.TRADE_CLOSED:
            raise business("ACQ.TRADE_HAS_CLOSE" if not trade.paid_at else "ACQ.REASON_TRADE_REFUND_FEE_ERR")
        if amount > trade.refundable or (not out_request_no and amount != trade.total):
            raise business("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        if self.seller_balance is not None and amount > self.seller_balance:
            raise business("ACQ.SELLER_BALANCE_NOT_ENOUGH")

    def settle_refund(self, trade: Trade, refund: Refund, *, succeeds: bool = True) -> None:
        """Ends a pending refund; the last one closes the trade."""
        with self.lock:
            if refund.state is not RefundState.PENDING:
                raise ValueError(f"{refund.out_request_no} is {refund.state}, not pending")
            if not succeeds:
                refund.state = RefundState.FAILED
                self._keep()
                return
            refund.state, refund.refunded_at = RefundState.SUCCESS, self._clock.now()
            if self.seller_balance is not None:
                self.seller_balance -= refund.amount
            if trade.refunded == trade.paid:
                self._closed(trade, refund)
            else:
                self._changed(trade, refund)

    # -- what it all comes to

    @property
    def trades(self) -> tuple[Trade, ...]:
        """Oldest first."""
        with self.lock:
            self.expire()
            return tuple(self._trades.values())

    @property
    def paid(self) -> Decimal:
        return sum((trade.paid for trade in self.trades), Decimal("0.00"))

    @property
    def refunded(self) -> Decimal:
        return sum((trade.refunded for trade in self.trades), Decimal("0.00"))

    def trade(self, out_trade_no: str) -> Trade | None:
        with self.lock:
            self.expire()
            return self._trades.get(out_trade_no)

    def as_json(self) -> dict[str, object]:
        with self.lock:
            return {
                "currency": "CNY",
                "paid_amount": write_amount(self.paid),
                "refunded_amount": write_amount(self.refunded),
                "trades": [trade.as_json() for trade in self.trades],
                "checkouts": [checkout.as_json() for checkout in self._checkouts.values()],
            }

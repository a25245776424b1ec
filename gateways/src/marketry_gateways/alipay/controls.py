"""What a test, or whoever runs the sandbox, may do to the twin: the same acts from Python and by `POST /_control`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.buyers import BUYERS, Buyer
from marketry_gateways.alipay.clock import written
from marketry_gateways.alipay.courier import Courier, Delivery, Plan
from marketry_gateways.alipay.faults import Fault, FaultKind, Faults
from marketry_gateways.alipay.forgeries import forgery
from marketry_gateways.alipay.messages import Notification, notification, return_address
from marketry_gateways.alipay.trades import Trade


class Controls:
    """Acts on a running twin. Trades are named by their `out_trade_no`; KeyError where there is none."""

    def __init__(self, bank: Bank, courier: Courier, faults: Faults) -> None:
        self._bank, self._courier, self._faults = bank, courier, faults

    # -- the buyer

    def sign_in(self, out_trade_no: str, buyer: Buyer = BUYERS[0]) -> Trade:
        """The buyer opens the newest page or code of this order; from now on the trade exists."""
        checkout = self._bank.book.newest_checkout(out_trade_no)
        if checkout is None:
            raise KeyError(out_trade_no)
        return checkout.trade or self._bank.book.begin(checkout, buyer)

    def pay(self, out_trade_no: str) -> str:
        """The buyer signs in if need be and pays. Returns the address their browser goes to next; empty for a QR code."""
        trade = self._bank.book.trade(out_trade_no) or self.sign_in(out_trade_no)
        self._bank.book.pay(trade)
        return return_address(self._bank.identity, trade, self._bank.clock.now()) if trade.order.return_url else ""

    # -- time and states

    def advance(self, seconds: float) -> str:
        """Moves the twin's clock: trades expire, retries fall due. Returns the new time in China."""
        now = self._bank.clock.advance(timedelta(seconds=seconds))
        self._bank.book.expire()
        return written(now)

    def finish(self, out_trade_no: str) -> None:
        """The refund period is over: TRADE_FINISHED."""
        self._bank.book.finish(self._trade(out_trade_no))

    def pend_refunds(self, count: int = 1) -> None:
        """The next `count` refunds stay on their way until `settle_refund`."""
        self._bank.book.pending_refunds = count

    def settle_refund(self, out_trade_no: str, out_request_no: str, succeeds: bool = True) -> None:
        """Ends a refund on its way."""
        trade = self._trade(out_trade_no)
        refund = trade.refund(out_request_no)
        if refund is None:
            raise KeyError(out_request_no)
        self._bank.book.settle_refund(trade, refund, succeeds=succeeds)

    def seller_balance(self, amount: str | None) -> None:
        """What the seller can refund from; None: enough for anything."""
        self._bank.book.seller_balance = None if amount is None else Decimal(amount)

    # -- notifications

    def hold(self) -> None:
        self._courier.hold()

    def release(self, reverse: bool = False) -> int:
        """Sends what was held, one after the other, `reverse`: newest first. Returns how many."""
        return self._courier.release(reverse=reverse)

    def plan(self, count: int = 1, copies: int = 1, parallel: bool = False, delay: float = 0, drop: bool = False) -> None:
        """What becomes of the next `count` notifications: dropped, or after `delay` seconds sent `copies` times."""
        self._courier.plan(Plan(copies, parallel, timedelta(seconds=delay), drop), count)

    def notify(self, out_trade_no: str, copies: int = 1, parallel: bool = False) -> Sequence[Delivery]:
        """Sends the last notification of a trade again (same `notify_id`), or one of its state now, outside of the schedule."""
        return self._courier.send(self._last(out_trade_no), copies=copies, parallel=parallel)

    def forge(self, out_trade_no: str, variant: str, url: str = "") -> tuple[int, str]:
        """Sends a notification of this trade that nobody may believe (see `forgeries.VARIANTS`); returns status and body."""
        true = self._last(out_trade_no)
        return self._courier.raw(url or true.url, forgery(self._bank.identity, true, variant, self._bank.clock.now()))

    def quiet(self, timeout: float = 5.0) -> bool:
        """Waits until no notification is due or under way."""
        return self._courier.quiet(timeout)

    # -- faults

    def fault(
        self, kind: str, method: str = "*", count: int = 1, seconds: float = 30, sub_code: str = "ACQ.SYSTEM_ERROR"
    ) -> None:
        """The next `count` calls of `method` go wrong; kinds: see `faults.FaultKind`."""
        self._faults.add(Fault(FaultKind(kind), method, count, seconds, sub_code))

    def clear_faults(self) -> None:
        self._faults.clear()

    def calm(self) -> None:
        """Nothing goes wrong any more, what was held is sent, and it is the machine's time; the book stays."""
        self._faults.clear()
        self._bank.book.pending_refunds, self._bank.book.seller_balance = 0, None
        self._courier.calm()
        self._courier.release()
        self._bank.clock.reset()

    # -- by JSON

    def perform(self, request: Mapping[str, object]) -> object:
        """`{"action": "pay", "out_trade_no": "…"}`: an act above. Raises KeyError, TypeError, ValueError, Refusal."""
        arguments = dict(request)
        action = arguments.pop("action", None)
        if not isinstance(action, str) or action not in ACTIONS:
            raise ValueError(f"action is one of {', '.join(ACTIONS)}")
        act: Callable[..., object] = getattr(self, action)
        return _plain(act(**arguments))

    def _trade(self, out_trade_no: str) -> Trade:
        trade = self._bank.book.trade(out_trade_no)
        if trade is None:
            raise KeyError(out_trade_no)
        return trade

    def _last(self, out_trade_no: str) -> Notification:
        posted = [n for n in self._courier.posted if n.out_trade_no == out_trade_no]
        return posted[-1] if posted else notification(self._bank.identity, self._trade(out_trade_no), None)


ACTIONS = tuple(name for name in vars(Controls) if not name.startswith("_") and name != "perform")


def _plain(value: object) -> object:
    if isinstance(value, Trade):
        return value.as_json()
    if isinstance(value, list):
        return [{"status": d.status, "body": d.body, "attempt": d.attempt} for d in value if isinstance(d, Delivery)]
    if isinstance(value, tuple):
        return {"status": value[0], "body": value[1]}
    return value

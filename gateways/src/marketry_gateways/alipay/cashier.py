"""The cashier (page and phone) and the scan page of a QR code: where the buyer signs in, pays, can't, or doesn't want to."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.buyers import BUYERS, buyer_of
from marketry_gateways.alipay.checkouts import Checkout
from marketry_gateways.alipay.messages import return_address
from marketry_gateways.alipay.pages import page, refused_page
from marketry_gateways.alipay.refusals import Refusal, business
from marketry_gateways.alipay.trades import Status, Trade

STYLE = Path(__file__).parent / "pages" / "cashier.css"


class Cashier:
    """Pages below `/cashier/<token>` and `/bax…`. Whoever has the token is the buyer; nobody signs in with a password here."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    async def style(self, _: Request) -> Response:
        return FileResponse(STYLE, media_type="text/css")

    async def show(self, request: Request) -> Response:
        """The choice of account, or, once chosen, what to pay."""
        checkout = self._bank.book.checkout(request.path_params["token"])
        if checkout is None:
            return _unknown()
        if checkout.trade is None:
            return page("accounts.html", checkout=checkout, buyers=BUYERS)
        return self._trade(checkout, checkout.trade, request.query_params.get("after", ""))

    async def scan(self, request: Request) -> Response:
        """A phone has scanned a code: from now on the trade exists, and the buyer is asked to confirm."""
        checkout = self._bank.book.checkout("bax" + request.path_params["code"])
        if checkout is None:
            return _unknown()
        try:
            trade = checkout.trade or self._bank.book.begin(checkout, BUYERS[0])
        except Refusal as refusal:
            return refused_page(refusal)
        return self._trade(checkout, trade, request.query_params.get("after", ""))

    async def sign_in(self, request: Request) -> Response:
        checkout = self._bank.book.checkout(request.path_params["token"])
        if checkout is None:
            return _unknown()
        async with request.form() as form:
            number = str(form.get("buyer", ""))
        try:
            self._bank.book.begin(checkout, buyer_of(number))
        except KeyError:
            return page("accounts.html", 422, checkout=checkout, buyers=BUYERS)
        except Refusal as refusal:
            return refused_page(refusal)
        return RedirectResponse(_address(checkout), 303)

    async def decide(self, request: Request) -> Response:
        """`act`: pay, broke (not enough balance) or cancel."""
        checkout = self._bank.book.checkout(request.path_params["token"])
        if checkout is None or checkout.trade is None:
            return _unknown()
        async with request.form() as form:
            act = str(form.get("act", ""))
        if act == "pay":
            return self._pay(checkout, checkout.trade)
        if act == "cancel" and checkout.order.quit_url:
            return RedirectResponse(checkout.order.quit_url, 303)
        return RedirectResponse(_address(checkout) + ("?after=cancel" if act == "cancel" else "?after=broke"), 303)

    def _pay(self, checkout: Checkout, trade: Trade) -> Response:
        try:
            self._bank.book.pay(trade)
        except Refusal as refusal:
            if refusal.sub_code != "ACQ.TRADE_HAS_SUCCESS":  # pressed twice: paid once, and back to the shop
                return refused_page(refusal)
        if trade.order.return_url:
            return RedirectResponse(return_address(self._bank.identity, trade, self._bank.clock.now()), 303)
        return RedirectResponse(_address(checkout), 303)

    def _trade(self, checkout: Checkout, trade: Trade, after: str) -> Response:
        if trade.status is Status.WAIT_BUYER_PAY:
            if after == "cancel":
                return page("left.html", checkout=checkout, back=_front_page(checkout.order.return_url))
            return page("pay.html", checkout=checkout, trade=trade, broke=after == "broke")
        if trade.paid_at is None:
            return refused_page(business("ACQ.TRADE_HAS_CLOSE"))
        back = return_address(self._bank.identity, trade, self._bank.clock.now()) if trade.order.return_url else ""
        return page("paid.html", trade=trade, back=back)


def _address(checkout: Checkout) -> str:
    return f"/{checkout.token}" if checkout.is_code else f"/cashier/{checkout.token}"


def _front_page(return_url: str) -> str:
    """The shop itself: whoever hasn't paid doesn't come back by the address for those who have."""
    parts = urlsplit(return_url)
    return f"{parts.scheme}://{parts.netloc}/" if parts.scheme in ("http", "https") else ""


def _unknown() -> Response:
    response = refused_page(business("ACQ.TRADE_NOT_EXIST"))
    response.status_code = 404
    return response

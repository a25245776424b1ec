"""`/gateway.do`: lets a call in, does what it asks for, answers it, or sends the buyer's browser on to the cashier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketry_gateways.alipay.answers import answer, response_name
from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.calls import Call, Door
from marketry_gateways.alipay.cutting import CutConnection
from marketry_gateways.alipay.faults import Fault, FaultKind, Faults
from marketry_gateways.alipay.methods import METHODS, PAGES
from marketry_gateways.alipay.orders import read_order
from marketry_gateways.alipay.pages import refused_page
from marketry_gateways.alipay.refusals import GatewayRefusal, Refusal, business
from marketry_gateways.alipay.signing import new_key

MEDIA_TYPE = "text/html;charset=utf-8"


class Gateway:
    """The endpoint. `calls` keeps the method and content of every call let in, for tests of what was sent."""

    def __init__(self, bank: Bank, door: Door, faults: Faults) -> None:
        self._bank, self._door, self._faults = bank, door, faults
        self.calls: list[Call] = []
        self.stopping = False

    @contextmanager
    def at_any_time(self) -> Iterator[None]:
        """For as long, calls may bear any time: a test has moved the shop's clock."""
        strict, self._door = self._door, replace(self._door, tolerance=None)
        try:
            yield
        finally:
            self._door = strict

    async def endpoint(self, request: Request) -> Response:
        pairs = await _pairs(request)
        method = dict(pairs).get("method", "")
        fault = self._faults.take(method)
        if fault and fault.kind is FaultKind.SLOW:
            await self._hang(fault.seconds)
        if self.stopping or (fault and fault.kind is FaultKind.RESET):
            return CutConnection()
        if fault and fault.kind is FaultKind.ERROR:
            return Response("<html><body><h1>500 Internal Server Error</h1></body></html>", 500, media_type="text/html")
        response = self._page(pairs, fault) if method in PAGES else self._answer(method, pairs, fault)
        return CutConnection() if fault and fault.kind is FaultKind.LOST_ANSWER else response

    async def _hang(self, seconds: float) -> None:
        """Also ends where the twin does, which waits for nobody."""
        end = anyio.current_time() + seconds
        while not self.stopping and anyio.current_time() < end:
            await anyio.sleep(max(0.0, min(0.05, end - anyio.current_time())))

    def _admit(self, pairs: list[tuple[str, str]], fault: Fault | None) -> Call:
        call = self._door.admit(pairs, datetime.now(UTC))
        self.calls.append(call)
        if fault and fault.kind is FaultKind.REFUSED:
            raise business(fault.sub_code)
        if fault and fault.kind is FaultKind.UNAVAILABLE:
            raise Refusal("20000", "isp.unknow-error", "系统繁忙")
        return call

    def _page(self, pairs: list[tuple[str, str]], fault: Fault | None) -> Response:
        try:
            call = self._admit(pairs, fault)
            order = read_order(call.method, call.parameters, call.content, self._bank.clock.now())
            checkout = self._bank.book.open_checkout(order)
        except Refusal as refusal:
            return refused_page(refusal)
        return RedirectResponse(f"{self._bank.base}/cashier/{checkout.token}", 302)

    def _answer(self, method: str, pairs: list[tuple[str, str]], fault: Fault | None) -> Response:
        name, signed = response_name(method), True
        fields: Mapping[str, object]
        try:
            call = self._admit(pairs, fault)
            fields = METHODS[call.method](self._bank, call)
            if fault and fault.kind is FaultKind.UNSURE:
                raise Refusal("20000", "isp.unknow-error", "系统繁忙")
        except GatewayRefusal as refusal:
            fields, signed = refusal.fields(), refusal.signed
            name = name if method in METHODS else "error_response"
        except Refusal as refusal:
            fields = refusal.fields()
        signed = signed and not (fault and fault.kind is FaultKind.UNSIGNED)
        key = new_key() if fault and fault.kind is FaultKind.WRONG_SIGNATURE else None
        return Response(answer(self._bank.identity, name, fields, signed=signed, key=key), media_type=MEDIA_TYPE)


async def _pairs(request: Request) -> list[tuple[str, str]]:
    """Every parameter, of the query and of a form body, in order and with its blanks."""
    query = parse_qsl(request.url.query, keep_blank_values=True)
    body = (await request.body()).decode("utf-8", "replace")
    return [*query, *parse_qsl(body, keep_blank_values=True)]

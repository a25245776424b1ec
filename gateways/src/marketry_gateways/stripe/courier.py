"""Events on their way to the shop: signed, sent, retried – and held, repeated, reordered or spoilt at will.

The real schedule retries for three days; here it is the same shape in seconds (``waits``).
"""

from __future__ import annotations

import copy
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import httpx

from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.names import new_id
from marketry_gateways.stripe.spoiling import spoil

_KEPT = 10_000
WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Endpoint:
    """Where events go. Several ``secrets`` are in force while one is being rolled. No ``events``: all."""

    url: str
    secrets: tuple[str, ...]
    account: str
    livemode: bool = False
    events: frozenset[str] = frozenset()

    def wants(self, event: Json, account: str, livemode: bool) -> bool:
        return (self.account, self.livemode) == (account, livemode) and (not self.events or event["type"] in self.events)


@dataclass(frozen=True)
class Parcel:
    """An event for an endpoint. ``attempt`` counts from 0; ``flaw`` is a way to spoil it."""

    event: Json
    url: str
    attempt: int = 0
    flaw: str = ""

    def body(self) -> bytes:
        """As Stripe sends it: indented JSON."""
        return json.dumps(self.event, indent=2, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Delivery:
    """One attempt and what the shop answered (0: no answer)."""

    event: str
    type: str
    url: str
    status: int
    signature: str
    body: bytes = field(repr=False)


class Courier:
    """Sends in the background, in order, one at a time, unless told otherwise."""

    def __init__(self, waits: Sequence[float] = WAITS, timeout: float = 20.0) -> None:
        self.waits = tuple(waits)
        self._begin()
        self._open = 0
        self._timers: list[threading.Timer] = []
        self._stopped = False
        self._change = threading.Condition(threading.RLock())
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="stripe-twin-courier")
        self._parallel = ThreadPoolExecutor(16, thread_name_prefix="stripe-twin-parallel")
        self._http = httpx.Client(timeout=timeout, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    def _begin(self) -> None:
        self.endpoints: list[Endpoint] = []
        self.deliveries: deque[Delivery] = deque(maxlen=_KEPT)
        self.delay = 0.0
        self._held: list[Parcel] | None = None
        self._sent: deque[Parcel] = deque(maxlen=_KEPT)
        self._dropping = 0
        self._flaws: list[str] = []

    def reset(self) -> None:
        """As new: what was under way finds no endpoint any more."""
        with self._change:
            self._begin()
            self._forget_waiting()
        self.wait_until_quiet()

    def listeners(self, account: str, livemode: bool) -> int:
        """How many endpoints an account and mode has."""
        return sum((each.account, each.livemode) == (account, livemode) for each in self.endpoints)

    def publish(self, event: Json, account: str, livemode: bool) -> None:
        """Take an event in charge for every endpoint that wants it."""
        with self._change:
            for endpoint in self.endpoints:
                if not endpoint.wants(event, account, livemode):
                    continue
                if self._dropping:
                    self._dropping -= 1
                    continue
                parcel = Parcel(event, endpoint.url, flaw=self._flaws.pop(0) if self._flaws else "")
                self._sent.append(parcel)
                if self._held is None:
                    self._send(self._pool, parcel, self.delay)
                else:
                    self._held.append(parcel)

    def hold(self) -> None:
        """Keep what comes until it is released."""
        with self._change:
            self._held = [] if self._held is None else self._held

    def held(self) -> list[Json]:
        """The events that are being kept."""
        with self._change:
            return [parcel.event for parcel in self._held or ()]

    def release(self, arrange: Callable[[list[Parcel]], list[Parcel]] = list, *, parallel: bool = False) -> int:
        """Send what was kept, arranged, and keep nothing more. Returns how many."""
        with self._change:
            parcels, self._held = arrange(self._held or []), None
            for parcel in parcels:
                self._send(self._parallel if parallel else self._pool, parcel)
            return len(parcels)

    def repeat(self, times: int, *, type: str = "", parallel: bool = False) -> int:
        """Send the last event (of a type) again, so many times; to each endpoint it went to."""
        with self._change:
            last = next((each.event["id"] for each in reversed(self._sent) if type in ("", each.event["type"])), None)
            again = [replace(each, flaw="") for each in self._sent if each.event["id"] == last] * times
            for parcel in again:
                self._send(self._parallel if parallel else self._pool, parcel)
            return len(again)

    def misreport(self, type: str, changes: Json, livemode: bool | None, *, parallel: bool = False) -> str:
        """Send the last event of a type anew under a new id, with its object changed. Returns the id."""
        with self._change:
            last = next((each for each in reversed(self._sent) if each.event["type"] == type), None)
            if last is None:
                raise LookupError(f"no event of type {type} was sent")
            told = copy.deepcopy(last.event) | {"id": new_id("evt")}
            told["data"]["object"] |= changes
            if livemode is not None:
                told["livemode"] = told["data"]["object"]["livemode"] = livemode
            self._send(self._parallel if parallel else self._pool, replace(last, event=told, attempt=0, flaw=""))
            return str(told["id"])

    def drop(self, times: int = 1) -> None:
        """Lose the next events for good."""
        with self._change:
            self._dropping += times

    def calm(self) -> None:
        """From now on events are neither delayed, lost nor spoilt."""
        with self._change:
            self.delay, self._dropping, self._flaws = 0.0, 0, []

    def spoil_next(self, flaw: str, times: int = 1) -> None:
        """Send the next ones altered, forged, stale, future, unsigned or malformed."""
        with self._change:
            self._flaws += [flaw] * times

    def _send(self, pool: ThreadPoolExecutor, parcel: Parcel, wait: float = 0.0) -> None:
        if self._stopped:
            return
        self._open += 1
        if wait:
            timer = threading.Timer(wait, lambda: self._hand_over(pool, parcel))
            timer.daemon = True
            self._timers.append(timer)
            timer.start()
        else:
            pool.submit(self._deliver, parcel)

    def _hand_over(self, pool: ThreadPoolExecutor, parcel: Parcel) -> None:
        with self._change:
            self._timers = [each for each in self._timers if each is not threading.current_thread()]
            if not self._stopped:
                pool.submit(self._deliver, parcel)

    def _forget_waiting(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._open -= len(self._timers)
        self._timers = []

    def _deliver(self, parcel: Parcel) -> None:
        endpoint = next((each for each in self.endpoints if each.url == parcel.url), None)
        try:
            if endpoint and not self._stopped:
                self._post(parcel, endpoint)
        finally:
            with self._change:
                self._open -= 1
                self._change.notify_all()

    def _post(self, parcel: Parcel, endpoint: Endpoint) -> None:
        body, signature = spoil(parcel.flaw, parcel.body(), endpoint.secrets, int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        headers |= {"Stripe-Signature": signature} if signature else {}
        try:
            status = self._http.post(parcel.url, content=body, headers=headers).status_code
        except httpx.HTTPError:
            status = 0
        with self._change:
            self.deliveries.append(Delivery(parcel.event["id"], parcel.event["type"], parcel.url, status, signature, body))
            if not 200 <= status < 300 and not parcel.flaw and parcel.attempt < len(self.waits):
                self._send(self._pool, replace(parcel, attempt=parcel.attempt + 1), self.waits[parcel.attempt])

    def wait_until_quiet(self, timeout: float = 10.0) -> bool:
        """Whether, in time, nothing was left under way (what is held doesn't count)."""
        with self._change:
            return self._change.wait_for(lambda: self._open == 0, timeout)

    def stop(self) -> None:
        """Send nothing more."""
        with self._change:
            self._stopped = True
            self._forget_waiting()
        self._pool.shutdown(cancel_futures=True)
        self._parallel.shutdown(cancel_futures=True)
        self._http.close()

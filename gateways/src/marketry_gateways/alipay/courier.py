"""Carries notifications to shops, again and again until one answers exactly `success`.

The schedule (https://opendocs.alipay.com/open/270/105902): at once, then after 4m, 10m, 10m, 1h, 2h, 6h and 15h, here divided by
`speed`. What becomes of the next ones can be planned: dropped, delayed, several copies, all at once; or everything is held until
it is released, in order or backwards.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx

from marketry_gateways.alipay.clock import Clock
from marketry_gateways.alipay.identity import Identity
from marketry_gateways.alipay.messages import Notification, Pairs

SCHEDULE = tuple(timedelta(minutes=m) for m in (4, 10, 10, 60, 120, 360, 900))


@dataclass(frozen=True)
class Plan:
    """What becomes of a notification: `copies` deliveries of it, at once if `parallel`, after `delay`, or none if `drop`."""

    copies: int = 1
    parallel: bool = False
    delay: timedelta = timedelta()
    drop: bool = False


@dataclass(frozen=True)
class Delivery:
    """One attempt and how the shop answered; status 0 where it didn't."""

    notification: Notification
    attempt: int
    sent_at: datetime
    status: int
    body: str

    @property
    def accepted(self) -> bool:
        return self.status == 200 and self.body == "success"


@dataclass(eq=False)
class _Waiting:
    notification: Notification
    plan: Plan
    due: datetime
    attempt: int = 1


class Courier:
    """A worker of its own; `start` and `stop` it. `on_tick` runs a few times a second, for whatever else has a due time."""

    def __init__(self, identity: Identity, clock: Clock, *, speed: float, timeout: float, on_tick: Callable[[], None]) -> None:
        self._identity, self._clock, self._on_tick = identity, clock, on_tick
        self.speed = speed
        self._timeout = timeout
        self._client: httpx.Client | None = None
        self._wake = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._held: list[_Waiting] | None = None
        self._plans: deque[Plan] = deque()
        self._under_way = 0
        self._stopping = False
        self.deliveries: list[Delivery] = []
        self.dropped: list[Notification] = []
        self.posted: list[Notification] = []

    # -- taking in

    def post(self, notification: Notification) -> None:
        """Takes a notification, as the next plan says."""
        with self._wake:
            self.posted.append(notification)
            plan = self._plans.popleft() if self._plans else Plan()
            if plan.drop:
                self.dropped.append(notification)
                return
            waiting = _Waiting(notification, plan, self._clock.now() + plan.delay)
            (self._waiting if self._held is None else self._held).append(waiting)
            self._wake.notify_all()

    def plan(self, plan: Plan, count: int = 1) -> None:
        """What becomes of the next `count` notifications."""
        with self._wake:
            self._plans.extend([plan] * count)

    def calm(self) -> None:
        """From now on notifications are neither dropped, delayed nor repeated."""
        with self._wake:
            self._plans.clear()

    def hold(self) -> None:
        """From now on nothing leaves until `release`, repetitions included."""
        with self._wake:
            if self._held is None:
                self._held = []

    def release(self, *, reverse: bool = False) -> int:
        """Sends what was held, one after the other, `reverse`: the newest first. Returns how many there were."""
        with self._wake:
            held, self._held = self._held or [], None
        for waiting in reversed(held) if reverse else held:
            self._carry(waiting)
        return len(held)

    @property
    def held(self) -> tuple[Notification, ...]:
        with self._wake:
            return tuple(waiting.notification for waiting in self._held or ())

    # -- the worker

    def start(self) -> None:
        self._client = httpx.Client(timeout=self._timeout, trust_env=False, follow_redirects=False)
        self._pool = ThreadPoolExecutor(16, thread_name_prefix="alipay-notify")
        self._thread = threading.Thread(target=self._work, name="alipay-courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._client:
            self._client.close()

    def _work(self) -> None:
        while True:
            self._on_tick()
            with self._wake:
                if self._stopping:
                    return
                now = self._clock.now()
                due = [waiting for waiting in self._waiting if waiting.due <= now] if self._held is None else []
                self._waiting = [waiting for waiting in self._waiting if waiting not in due]
                self._under_way += len(due)
                if not due:
                    self._wake.wait(0.05)
            for waiting in due:
                self._pool.submit(self._carry_counted, waiting)

    def _carry_counted(self, waiting: _Waiting) -> None:
        try:
            self._carry(waiting)
        finally:
            with self._wake:
                self._under_way -= 1
                self._wake.notify_all()

    def _carry(self, waiting: _Waiting) -> None:
        """All copies of one attempt; where none was accepted, the next attempt by the schedule."""
        plan = waiting.plan
        results = self.send(waiting.notification, copies=plan.copies, parallel=plan.parallel, attempt=waiting.attempt)
        if any(delivery.accepted for delivery in results) or waiting.attempt > len(SCHEDULE):
            return
        due = self._clock.now() + SCHEDULE[waiting.attempt - 1] / self.speed
        with self._wake:
            self._waiting.append(_Waiting(waiting.notification, Plan(), due, waiting.attempt + 1))
            self._wake.notify_all()

    # -- sending

    def send(
        self, notification: Notification, *, copies: int = 1, parallel: bool = False, attempt: int = 1
    ) -> Sequence[Delivery]:
        """Delivers at once, outside of any schedule, and returns what the shop said."""
        if not parallel:
            return [self._deliver(notification, attempt) for _ in range(copies)]
        start = threading.Barrier(copies)

        def together() -> Delivery:
            start.wait()
            return self._deliver(notification, attempt)

        with ThreadPoolExecutor(copies) as pool:
            futures = [pool.submit(together) for _ in range(copies)]
            wait(futures)
        return [future.result() for future in futures]

    def _deliver(self, notification: Notification, attempt: int) -> Delivery:
        now = self._clock.now()
        status, body = self.raw(notification.url, notification.signed(self._identity, now))
        delivery = Delivery(notification, attempt, now, status, body)
        with self._wake:
            self.deliveries.append(delivery)
        return delivery

    def raw(self, url: str, pairs: Pairs) -> tuple[int, str]:
        """Posts a form as it stands and returns status and body; (0, why) where nobody answered."""
        if self._client is None:
            raise RuntimeError("the courier has not started")
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "user-agent": "Mozilla/4.0"}
        try:
            answer = self._client.post(url, content=urlencode(pairs), headers=headers)
        except httpx.HTTPError as error:
            return 0, f"{type(error).__name__}: {error}"
        return answer.status_code, answer.text

    def quiet(self, timeout: float = 5.0) -> bool:
        """Waits until nothing is due or under way (later retries may remain); False where `timeout` seconds didn't suffice."""
        end = time.monotonic() + timeout
        with self._wake:
            while self._under_way or (self._held is None and any(waiting.due <= self._clock.now() for waiting in self._waiting)):
                if time.monotonic() > end:
                    return False
                self._wake.wait(0.02)
            return True

    @property
    def waiting(self) -> tuple[Notification, ...]:
        """What will be sent, or sent again, later."""
        with self._wake:
            return tuple(waiting.notification for waiting in self._waiting)

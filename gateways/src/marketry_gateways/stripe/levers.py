"""What a test, or ``POST /_control``, can make happen. Every lever takes and returns plain JSON values."""

from __future__ import annotations

import random

from marketry_gateways.stripe.account import pay_out_available
from marketry_gateways.stripe.book import Book
from marketry_gateways.stripe.cards import CARDS
from marketry_gateways.stripe.clock import Clock
from marketry_gateways.stripe.courier import Courier, Endpoint
from marketry_gateways.stripe.desk import Desk, World, shown
from marketry_gateways.stripe.disputes import close_dispute, open_dispute, review_dispute
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.faults import Fault, Faults
from marketry_gateways.stripe.passing import pass_time
from marketry_gateways.stripe.paying import settle
from marketry_gateways.stripe.spoiling import FLAWS
from marketry_gateways.stripe.statement import statement

LEVERS = """reset calm add_endpoint roll_secret hold held release repeat drop delay spoil misreport quiet fault clear_faults
    advance plan_refund settle reissue dispute win_dispute lose_dispute review_dispute pay_out""".split()
_OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
_ORDERS = {
    "sent": lambda parcels: parcels,
    "reversed": lambda parcels: parcels[::-1],
    "shuffled": lambda parcels: random.sample(parcels, len(parcels)),
}


class Levers:
    """The control surface; the twin inherits it."""

    world: World
    book: Book
    clock: Clock
    courier: Courier
    faults: Faults
    account: str

    def statement(self) -> Json:
        """The book: ``payments``, ``entries``, ``accounts``. As ``GET /_book``."""
        return statement(self.book)

    def events(self) -> list[Json]:
        """Every event, oldest first."""
        return self.book.all("event")[::-1]

    # events on their way

    def add_endpoint(
        self, url: str, secret: str, *, events: list[str] | None = None, account: str = "", livemode: bool = False
    ) -> None:
        """Send events there from now on; no ``events``: all types."""
        self.courier.endpoints.append(Endpoint(url, (secret,), account or self.account, livemode, frozenset(events or ())))

    def roll_secret(self, url: str, secret: str, *, keep_old: bool = True) -> None:
        """A new secret; while the old one is kept, events carry two v1 signatures."""
        found = self.courier.endpoints
        for number, each in enumerate(found):
            if each.url == url:
                kept = (secret, *each.secrets[:1]) if keep_old else (secret,)
                found[number] = Endpoint(url, kept, each.account, each.livemode, each.events)

    def hold(self) -> None:
        """Keep events back."""
        self.courier.hold()

    def held(self) -> list[str]:
        """The types that are kept back, in order."""
        return [event["type"] for event in self.courier.held()]

    def release(self, order: str = "sent", *, parallel: bool = False) -> int:
        """Send what was kept back: in the order ``sent``, ``reversed`` or ``shuffled``. Returns how many."""
        return self.courier.release(_ORDERS[order], parallel=parallel)

    def repeat(self, times: int = 1, *, type: str = "", parallel: bool = False) -> int:
        """Send the last event (of a type) again."""
        return self.courier.repeat(times, type=type, parallel=parallel)

    def drop(self, times: int = 1) -> None:
        """Lose the next events for good."""
        self.courier.drop(times)

    def delay(self, seconds: float) -> None:
        """Send each event so much later from now on."""
        self.courier.delay = seconds

    def spoil(self, flaw: str, times: int = 1) -> None:
        """Send the next events altered, forged, stale, future, unsigned, malformed or wrong_scheme; never retried."""
        if flaw not in FLAWS:
            raise ValueError(f"a flaw is one of {', '.join(FLAWS)}")
        self.courier.spoil_next(flaw, times)

    def misreport(self, type: str, changes: Json, *, livemode: bool | None = None, parallel: bool = False) -> str:
        """Send the last event of a type anew, truly signed, saying something else than the API does.

        ``changes`` are laid over ``data.object`` (amount_total, metadata, client_reference_id …); ``livemode`` claims
        the other mode. It has an id of its own, which isn't in the list of events. Returns the id.
        """
        return self.courier.misreport(type, changes, livemode, parallel=parallel)

    def quiet(self, timeout: float = 10.0) -> bool:
        """Wait until every event has arrived or was given up."""
        return self.courier.wait_until_quiet(timeout)

    def calm(self) -> None:
        """Nothing goes wrong any more, what was kept back is sent, and it is the machine's time; the book stays."""
        self.clear_faults()
        self.world.refund_plans.clear()
        self.courier.calm()
        self.clock.reset()
        self.release()

    # requests going wrong

    def fault(self, kind: str, times: int = 1, *, method: str = "", path: str = "", seconds: float = 30.0) -> None:
        """Let the next matching requests go wrong; see ``faults.KINDS``. ``path`` is a regular expression."""
        self.faults.add(Fault(kind, times, method, path, seconds))

    def clear_faults(self) -> None:
        """Let everything go right again."""
        self.faults.clear()

    # time and banks

    def advance(self, seconds: float) -> int:
        """Let time pass; returns the twin's time."""
        self.clock.advance(seconds)
        pass_time(self.world)
        return self.clock.now()

    def plan_refund(self, first: str, last: str) -> None:
        """The next refund starts and ends so: pending → failed, succeeded → failed, pending → succeeded …"""
        self.world.refund_plans.append((first, last))

    def settle(self, payment_intent: str, *, success: bool | None = None) -> Json:
        """A debit's bank answers now; without ``success`` as its test IBAN says."""
        with self.book.transaction():
            desk, intent = self._at(payment_intent, "processing")
            return shown(settle(desk, intent, success=success))

    def reissue(self, payment_method: str, number: str) -> None:
        """A saved card behaves like another test card from now on."""
        if number not in CARDS:
            raise ValueError(f"{number} is not a test card")
        with self.book.transaction():
            desk, method = self._at(payment_method)
            desk.put(method | {"_number": number})

    def dispute(self, payment_intent: str, *, reason: str = "fraudulent", amount: int | None = None) -> Json:
        """The cardholder objects."""
        with self.book.transaction():
            desk, intent = self._at(payment_intent, "succeeded")
            return shown(open_dispute(desk, desk.get("charge", intent["latest_charge"]), reason, amount=amount))

    def win_dispute(self, dispute: str) -> Json:
        """The bank decides for the merchant."""
        with self.book.transaction():
            desk, found = self._at(dispute, *_OPEN)
            return shown(close_dispute(desk, found, won=True))

    def lose_dispute(self, dispute: str) -> Json:
        """The bank decides for the cardholder."""
        with self.book.transaction():
            desk, found = self._at(dispute, *_OPEN)
            return shown(close_dispute(desk, found, won=False))

    def review_dispute(self, dispute: str) -> Json:
        """The bank looks at the evidence."""
        with self.book.transaction():
            desk, found = self._at(dispute, *_OPEN)
            return shown(review_dispute(desk, found))

    def pay_out(self, *, livemode: bool = False) -> list[Json]:
        """Automatic payouts of what is available."""
        with self.book.transaction():
            return [shown(each) for each in pay_out_available(Desk(self.world, self.account, livemode))]

    def _at(self, id: str, *statuses: str) -> tuple[Desk, Json]:
        found = self.book.find(id)
        if found is None:
            raise LookupError(f"nothing is called {id}")
        if statuses and found[0]["status"] not in statuses:
            raise ValueError(f"{id} has a status of {found[0]['status']}; it would have to be {' or '.join(statuses)}")
        return Desk(self.world, found[1], found[2]), found[0]

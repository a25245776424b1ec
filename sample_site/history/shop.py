"""What the deeds of the past act through."""

from datetime import datetime

from people import Person

from marketry import Context
from marketry.jobs.values import IMPORT
from marketry.runtime import Runtime
from marketry.web.values import SYSTEM, Actor, ActorKind


class Shop:
    """What the deeds act through: `staff` and buyers share the clock. `numbers`: plan → order number; `members`: address of the
    mails → customer."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.staff = runtime.context(actor=SYSTEM, channel=IMPORT)
        self.numbers: dict[int, str] = {}
        self.members: dict[str, str] = {}
        self.hashed = ""  # the password of all members

    def has(self, plugin: str) -> bool:
        return any(one.id == plugin for one in self.runtime.plugins.enabled)

    def at(self, moment: datetime) -> None:
        self.runtime.clock = lambda: moment

    def buyer(self, person: Person, customer: str | None = None) -> Context:
        actor = Actor(ActorKind.CUSTOMER, customer, person.name) if customer else None
        terms = {"locale": person.locale, "currency": person.currency, "country": person.country}
        return self.runtime.context(actor=actor, channel="web", **terms)

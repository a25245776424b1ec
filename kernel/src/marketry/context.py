"""Context: all that a plugin needs to act, in a request, a job, a command or a shell alike."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from marketry.commerce.events import Event
from marketry.commerce.money import Money
from marketry.problems import Problem, Refused
from marketry.settings.segment_choices import price_group_among, price_groups
from marketry.web.pagecache.drawn import Drawn
from marketry.web.values import ANONYMOUS, Actor

if TYPE_CHECKING:
    from fastapi import Request
    from pydantic import BaseModel
    from sqlalchemy.orm import Session

    from marketry.cache import Cache
    from marketry.mail import Mailer
    from marketry.media import Media
    from marketry.outbound import Outbound
    from marketry.plugins.dispatch import Hooks
    from marketry.runtime import Runtime
    from marketry.settings import Site

S = TypeVar("S", bound="BaseModel")
T = TypeVar("T")


class Context:
    """Who acts, where, in which language and money; and the doors to database, hooks, jobs and the world outside."""

    def __init__(
        self,
        runtime: "Runtime",
        *,
        actor: Actor | None = None,
        channel: str = "web",
        locale: str | None = None,
        currency: str | None = None,
        country: str | None = None,
        price_group: str | None = None,
        request: "Request | None" = None,
    ) -> None:
        self.runtime = runtime
        self.request = request
        self.drawn = Drawn()
        self.channel = channel
        self.locale = locale or runtime.site.locales[0]
        self.currency = currency or runtime.site.currencies[0]
        self.country = country or runtime.site.country
        self._price_group = price_group
        self._actor = actor if actor or request else ANONYMOUS
        self._session: Session | None = None
        self._writable = False

    # --- where we are -------------------------------------------------------------------------------------------
    @property
    def site(self) -> "Site":
        return self.runtime.site

    @property
    def actor(self) -> Actor:
        """Who acts. In a request, the hook `resolve_actor` is asked at the first use, in the worker thread."""
        if self._actor is None:
            self._actor = self._resolved()
        return self._actor

    @property
    def resolved_actor(self) -> Actor | None:
        """Who acts, if that has been asked already; asks nobody."""
        return self._actor

    def _resolved(self) -> Actor:
        from marketry.hookspecs.web import resolve_actor

        if self.request is None:
            return ANONYMOUS
        self.personal = True
        answer = self.hooks.first(resolve_actor, self, self.request)
        return answer.value if answer and answer.value else ANONYMOUS

    @property
    def price_group(self) -> str:
        """Whose prices apply: the first of `[segments] price_groups` that is a group of whoever acts; "" for everybody's.

        A public page asks who that is only where the visitor's segment names a group, so that kept pages ask nobody. The
        segment's cookie by itself opens no prices: the group is that of the customer who is signed in.
        """
        if self._price_group is None:
            self._price_group = price_group_among(self.site, self.actor.groups) if price_groups(self.site) else ""
        return self._price_group

    @price_group.setter
    def price_group(self, group: str) -> None:
        self._price_group = group

    @property
    def segment(self) -> str:
        """What public pages may differ by: currency, country, price group."""
        return f"{self.currency}-{self.country or ''}{'-' if self.price_group else ''}{self.price_group}"

    # --- the page that is being drawn ---------------------------------------------------------------------------
    @property
    def personal(self) -> bool:
        """Whether the answer depends on who asks; such pages are never kept."""
        return self.drawn.personal

    @personal.setter
    def personal(self, is_so: bool) -> None:
        self.drawn.personal = is_so

    def tag(self, *tags: str) -> None:
        """This page shows what is behind `tags` (`product:42`): a purge of one of them drops it from the page cache."""
        self.drawn.tags.update(tags)

    def holds_until(self, moment: datetime) -> None:
        """This page is wrong from `moment` (aware UTC) on, by time alone: a product's publishing ends, an offer begins."""
        self.drawn.holds_until(moment)

    def purge(self, *tags: str) -> None:
        """Drop the pages that bear one of `tags`, in all processes, from the commit of the current transaction on."""
        from marketry.web.pagecache.purging import purge

        purge(self, *tags)

    def now(self) -> datetime:
        """Aware UTC; the only clock."""
        return self.runtime.clock()

    def allows(self, permission: str) -> bool:
        return self.actor.allows(permission)

    def demand(self, permission: str) -> None:
        """Refuse (403) unless the actor holds `permission`."""
        if not self.allows(permission):
            raise Refused(Problem("forbidden", self.gettext("You may not do this."), permission, status=403))

    def demand_limit(self, code: str, amount: Money) -> None:
        """Refuse (403) where `amount` is more than the actor's limit `code` (a manifest's `Limit`); it says the limit."""
        limit = self.actor.limit(code, amount.currency)
        if limit is not None and amount.minor > limit:
            most = self.money(Money(limit, amount.currency))
            message = self.gettext("You may do this up to %(amount)s. Ask somebody who may do more.", amount=most)
            raise Refused(Problem("over_limit", message, "amount", status=403))

    def demand_fresh(self) -> None:
        """Refuse (403, `reauthentication_required`) unless whoever acts by a session proved themselves a short while ago.

        For dangerous deeds that are dangerous only at times (a big refund); routes that always are say `@fresh`. Outside
        requests, and for programs with a token, nothing is asked.
        """
        from marketry.web.freshness import demand_fresh

        demand_fresh(self)

    # --- database -----------------------------------------------------------------------------------------------
    @contextmanager
    def reading(self) -> "Iterator[Session]":
        """A session for reading; inside another unit of work, that one."""
        with self._unit(write=False) as session:
            yield session

    @contextmanager
    def writing(self) -> "Iterator[Session]":
        """One transaction: commits at the end, rolls back on any exception. Inside another one it joins it."""
        with self._unit(write=True) as session:
            yield session

    @contextmanager
    def _unit(self, *, write: bool) -> "Iterator[Session]":
        if self._session is not None:
            if write and not self._writable:
                raise RuntimeError("ctx.writing() inside ctx.reading(): open the writing unit of work first")
            yield self._session
            return
        opened = self.runtime.database.writing() if write else self.runtime.database.reading()
        with opened as session:
            self._session, self._writable = session, write
            try:
                yield session
            finally:
                self._session, self._writable = None, False

    @property
    def session(self) -> "Session":
        """The session of the surrounding `ctx.reading()` or `ctx.writing()`."""
        if self._session is None:
            raise RuntimeError("no unit of work: wrap the call in `with ctx.reading():` or `with ctx.writing():`")
        return self._session

    @property
    def in_transaction(self) -> bool:
        return self._writable

    @property
    def can_write(self) -> bool:
        """Whether `ctx.writing()` may be opened here: not inside a unit of work that only reads."""
        return self._session is None or self._writable

    # --- plugins ------------------------------------------------------------------------------------------------
    @property
    def hooks(self) -> "Hooks":
        """Call hooks: `ctx.hooks.each(pricing.pricing_facts, ctx, cart)`."""
        return self.runtime.hooks

    def settings(self, schema: type[S]) -> S:
        """The effective settings of the plugin whose manifest names `schema`."""
        return self.runtime.settings_of(schema)

    def service(self, protocol: type[T]) -> T | None:
        """The implementation some plugin offers of `protocol`, or None."""
        return self.runtime.service(protocol)

    def publish(self, event: Event) -> None:
        """Write `event` to the outbox in the current transaction, a row per subscriber."""
        self.runtime.outbox.publish(self, event)

    def enqueue(self, job: str, payload: Mapping[str, Any], *, key: str, delay: float = 0, subject: str = "") -> None:
        """Write a job (`<plugin>.<name>`) to the outbox in the current transaction; the same `key` is queued once.
        `delay` in seconds. Jobs of one `subject` run in order."""
        self.runtime.outbox.enqueue(self, job, payload, key=key, delay=delay, subject=subject)

    # --- doors to the outside -----------------------------------------------------------------------------------
    @property
    def http(self) -> "Outbound":
        """The only way out of the process: total deadline, bounded pool, no private addresses. Never in a transaction,
        which would hold its locks while another host thinks."""
        if self._writable:
            raise RuntimeError("ctx.http inside ctx.writing(): commit first, then call out (from a job)")
        return self.runtime.outbound

    @property
    def cache(self) -> "Cache":
        return self.runtime.cache

    @property
    def media(self) -> "Media":
        return self.runtime.media

    @property
    def mail(self) -> "Mailer":
        return self.runtime.mailer

    # --- words, numbers, addresses ------------------------------------------------------------------------------
    def gettext(self, text: str, **values: object) -> str:
        """`text` in `ctx.locale`; `%(name)s` filled from `values`."""
        return self.runtime.i18n.gettext(self.locale, text, values)

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        return self.runtime.i18n.ngettext(self.locale, one, many, n, values)

    def money(self, amount: Money) -> str:
        """`amount` as people of `ctx.locale` write it."""
        return self.runtime.i18n.money(self.locale, amount)

    def url(self, path: str, *, absolute: bool = False) -> str:
        """A path of the shop in `ctx.locale` (`/cart` → `/zh/cart`), with the base URL when `absolute`."""
        localised = path if self.locale == self.site.locales[0] else f"/{self.locale}{'' if path == '/' else path}"
        return self.site.base_url.rstrip("/") + localised if absolute else localised

    def with_locale(self, locale: str) -> "Context":
        """The same context in another language (for a mail to somebody else), sharing the unit of work."""
        other = Context(
            self.runtime,
            actor=self._actor,
            channel=self.channel,
            locale=locale,
            currency=self.currency,
            country=self.country,
            price_group=self._price_group,
            request=self.request,
        )
        other.drawn = self.drawn
        other._session, other._writable = self._session, self._writable
        return other

"""All that stands once a site has booted: plugins, hooks, database, settings, doors to the outside."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from marketry.context import Context
from marketry.database import Database
from marketry.hookspecs import goods, payment, web
from marketry.hookspecs import site as site_hooks
from marketry.i18n import I18n, load_catalogues
from marketry.plugins.claims import UNIQUE, check_unique, choose_services
from marketry.plugins.discovery import Installed
from marketry.plugins.dispatch import Answer, Hooks
from marketry.plugins.failures import Fault, PluginFailed
from marketry.plugins.manifest import NoSettings
from marketry.plugins.registry import Registry
from marketry.plugins.timing import HOOK_TIMES
from marketry.settings.effective import BadSettings, Effective, effective
from marketry.settings.keys import signer
from marketry.settings.site import Site
from marketry.settings.stored import Stored, read_generation, read_stored, with_stored
from marketry.telemetry import log

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

    from marketry.cache import Cache
    from marketry.commerce.payment import PaymentProvider
    from marketry.jobs.outbox import Outbox
    from marketry.mail import Mailer
    from marketry.media import Media
    from marketry.outbound import Outbound
    from marketry.web.pagecache.pages import Pages

S = TypeVar("S", bound=BaseModel)
T = TypeVar("T")
LOOK_EVERY = 1.0  # seconds between two looks at whether settings were saved, by this process or another


def utc_now() -> datetime:
    return datetime.now(UTC)


def boot(site_dir: Path, **options: Any) -> "Runtime":
    """See `marketry.boot.boot`."""
    from marketry.boot import boot as start

    return start(site_dir, **options)


class Runtime:
    """Everything booted for one site. One per web app, worker or command; two may live side by side in a process."""

    def __init__(
        self,
        site: Site,
        configured: Site,
        database: Database,
        stored: Stored,
        registry: Registry,
        clock: Callable[[], datetime],
        extra: tuple[Installed, ...],
    ) -> None:
        """`configured` is the site without what the database says."""
        self.site = site
        self.clock = clock
        self.database = database
        self.stored = stored
        self.plugins = registry
        self.extra = extra
        self.hooks = Hooks(registry.calls, float(site.table("hooks").get("slow", 0.25)))
        self._outdated = False
        self._configured = configured
        self._owner_of = {one.manifest.settings: name for name, one in registry.known.items()}
        self._effective: dict[str, Effective] = {}
        self._answers: dict[tuple[Any, ...], tuple[Answer[Any], ...]] = {}
        self._services: Mapping[type, object] = {}
        self._signers: dict[str, URLSafeTimedSerializer] = {}
        self._parts: dict[Callable[[Runtime], Any], Any] = {}
        self._look_at = monotonic() + LOOK_EVERY
        self._look_lock = threading.Lock()

    def settle(self) -> None:
        """Ask all that is asked once at boot; Fault names a plugin that can't answer, or claims what another has."""
        for plugin in self.plugins.enabled:
            try:
                self.effective(plugin.id)
            except BadSettings as error:
                raise Fault(plugin.id, str(error), error.mend, step="settings") from error
        for spec, what, name in UNIQUE:
            check_unique(what, [(one, name(one.value)) for one in self.answers(spec)])
        self._services = choose_services(self.answers(site_hooks.services), self.site.table("services"))
        self.answers(goods.catalog_search_engine)
        self.answers(web.slots)

    # --- settings -----------------------------------------------------------------------------------------------
    def settings_of(self, schema: type[S]) -> S:
        """The settings of the plugin whose manifest names `schema`, validated once per generation."""
        self._look_if_due()
        if schema is NoSettings:
            return schema()
        return cast("S", self.effective(self._owner_of[schema]).value)

    def effective(self, plugin: str) -> Effective:
        """The settings of `plugin` and where each comes from. BadSettings where they don't validate."""
        found = self._effective.get(plugin)
        if found is None:
            schema = self.plugins.known[plugin].manifest.settings
            found = self._effective[plugin] = effective(plugin, schema, self.site, self.stored)
        return found

    def look_again(self) -> None:
        """Forget when we last looked: settings were saved just now."""
        self._look_at = 0.0

    @property
    def saved(self) -> Stored:
        """What the back office has saved, looked at again when that is due."""
        self._look_if_due()
        return self.stored

    @property
    def is_outdated(self) -> bool:
        """Whether the list of plugins or the theme was changed since boot: this process must be replaced."""
        self._look_if_due()
        return self._outdated

    @property
    def listed(self) -> tuple[str, ...]:
        """The plugins that are enabled as saved now, which may differ from those that run."""
        self._look_if_due()
        return with_stored(self._configured, self.stored).plugins

    def _look_if_due(self) -> None:
        if monotonic() >= self._look_at:
            self._look()

    def _look(self) -> None:
        """Read the generation; where it rose, read all settings anew. One thread looks, the others go on."""
        if not self._look_lock.acquire(blocking=False):
            return
        try:
            self._look_at = monotonic() + LOOK_EVERY
            HOOK_TIMES.count()
            with self.database.reading() as session:
                generation = read_generation(session)
            if generation != self.stored.generation:
                self._take_over(read_stored(self.database, self.site.secret_keys))
        except DBAPIError as error:
            log.warning("settings_not_read", reason=str(error.orig))
        finally:
            self._look_lock.release()

    def _take_over(self, stored: Stored) -> None:
        """Use new settings at once; one that no longer validates keeps its old value and is logged."""
        fresh: dict[str, Effective] = {}
        for plugin, installed in self.plugins.known.items():
            try:
                fresh[plugin] = effective(plugin, installed.manifest.settings, self.site, stored)
            except BadSettings as error:
                log.error("settings_refused", plugin=plugin, reason=str(error), mend=error.mend)
                if plugin in self._effective:
                    fresh[plugin] = self._effective[plugin]
        before = with_stored(self._configured, self.stored)
        after = with_stored(self._configured, stored)
        self._outdated |= (before.plugins, before.theme) != (after.plugins, after.theme)
        self.stored, self._effective = stored, fresh

    # --- plugins ------------------------------------------------------------------------------------------------
    def answers(self, spec: Callable[..., Any], *args: Any) -> tuple[Answer[Any], ...]:
        """Every single value that plugins returned from a hook that is asked once, with who returned it.

        Values with a field `plugin` carry the plugin's id. Fault where a plugin raises.
        """
        key = (spec, *args)
        found = self._answers.get(key)
        if found is None:
            try:
                answered = self.hooks.each(spec, *args)
                found = tuple(Answer(a.plugin, a.version, _signed(v, a)) for a in answered for v in _values(a.value))
            except PluginFailed as error:
                raise Fault(
                    error.plugin,
                    f"its hook {error.hook} raised {type(error.cause).__name__}: {error.cause}",
                    f"Repair or update it, or disable it: marketry plugin disable {error.plugin}",
                    step="hooks",
                ) from error.cause
            self._answers[key] = found
        return found

    def collected(self, spec: Callable[..., Any], *args: Any) -> tuple[Any, ...]:
        """The values of `answers`, in hook order: `runtime.collected(pricing.pricing_steps)`."""
        return tuple(answer.value for answer in self.answers(spec, *args))

    def service(self, protocol: type[T]) -> T | None:
        """The implementation that some plugin offers of `protocol`, or None."""
        return cast("T | None", self._services.get(protocol))

    def provider(self, code: str) -> "PaymentProvider | None":
        """The payment provider of this code, or None where no enabled plugin has it."""
        return self._providers.get(code)

    @cached_property
    def _providers(self) -> "Mapping[str, PaymentProvider]":
        return {provider.code: provider for provider in self.collected(payment.payment_providers)}

    def part(self, make: Callable[["Runtime"], T]) -> T:
        """The one `make(runtime)` of this runtime, made at first use: `runtime.part(Templates)`.

        It lasts as long as the runtime. In a WeakKeyDictionary a value that refers to its runtime would keep both for ever.
        """
        if make not in self._parts:
            self._parts.setdefault(make, make(self))
        return cast("T", self._parts[make])

    # --- doors --------------------------------------------------------------------------------------------------
    def context(self, **options: Any) -> Context:
        """A context outside requests: `runtime.context(actor=SYSTEM, channel="cli")`."""
        return Context(self, **options)

    def signer(self, purpose: str) -> "URLSafeTimedSerializer":
        """Signs values for one purpose (`order-link`) under the site's keys."""
        found = self._signers.get(purpose)
        if found is None:
            found = self._signers[purpose] = signer(self.site.secret_keys, purpose)
        return found

    @cached_property
    def i18n(self) -> I18n:
        parts = [
            Path(__file__).parent,
            *(p.folder for p in self.plugins.enabled),
            *(t.folder for t in reversed(self.plugins.themes)),
        ]
        folders = [part / "locale" for part in (*parts, self.site.dir) if part]
        return I18n(load_catalogues(self.site.locales, folders, self.site.var_dir / "cache" / "locale"), self.site.timezone)

    @cached_property
    def outbox(self) -> "Outbox":
        from marketry.jobs.outbox import Outbox

        return Outbox(self)

    @cached_property
    def cache(self) -> "Cache":
        from marketry.cache import Cache

        return Cache(self)

    @cached_property
    def media(self) -> "Media":
        from marketry.media import Media

        return Media(self)

    @cached_property
    def mailer(self) -> "Mailer":
        from marketry.mail import Mailer

        return Mailer(self)

    @cached_property
    def outbound(self) -> "Outbound":
        from marketry.outbound import Outbound

        return Outbound(self)

    @cached_property
    def pages(self) -> "Pages":
        from marketry.web.pagecache.pages import Pages

        return Pages(self)

    def close(self) -> None:
        """Give back connections and threads."""
        for name in ("pages", "outbox", "cache", "media", "mailer", "outbound"):
            close = getattr(self.__dict__.get(name), "close", None)
            if close:
                close()
        self.database.close()


def _values(value: Any) -> tuple[Any, ...]:
    """The single values of an answer: a mapping or a single object is one, a sequence as many as it has."""
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, (Mapping, str)) else (value,)


def _signed(value: Any, answer: Answer[Any]) -> Any:
    """`value` with the fields `plugin` and `version` filled in, where it has them and they are empty."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    names = {field.name for field in fields(value)}
    known = {"plugin": answer.plugin, "version": answer.version}
    lacking = {name: text for name, text in known.items() if name in names and not getattr(value, name)}
    return replace(value, **lacking) if lacking else value

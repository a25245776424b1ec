"""What went wrong with a plugin: at boot (a fault, then quarantine) or while a hook ran."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A plugin that is enabled but not running: at which step it failed, why, and what to do about it."""

    plugin: str
    step: str
    reason: str
    mend: str
    because_of: str | None = None

    def __str__(self) -> str:
        return f"plugin {self.plugin}: {self.reason} ({self.step}). {self.mend}"


class Fault(Exception):
    """Raised during boot by whoever finds a plugin at fault; the boot quarantines it, or stops where it is critical."""

    def __init__(self, plugin: str, reason: str, mend: str, *, step: str = "boot") -> None:
        self.record = Quarantined(plugin, step, reason, mend)
        super().__init__(str(self.record))

    @property
    def plugin(self) -> str:
        return self.record.plugin


class BootStopped(Exception):
    """The site can't start. The message says why and what to do; commands print it without a traceback."""


class PluginFailed(Exception):
    """A hook that fails closed raised: the request fails, nothing is kept, and the plugin is named."""

    def __init__(self, plugin: str, version: str, hook: str, cause: BaseException) -> None:
        super().__init__(f"plugin {plugin} {version} failed in {hook}: {type(cause).__name__}: {cause}")
        self.plugin = plugin
        self.version = version
        self.hook = hook
        self.cause = cause


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A decorative hook of a plugin that is not called any more until restart, or (`resting`) for some seconds."""

    plugin: str
    hook: str
    reason: str
    resting: bool = False

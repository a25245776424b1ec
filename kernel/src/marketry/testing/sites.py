"""Sites in a temporary folder, booted in the test's own process."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from marketry.boot import boot
from marketry.database.installed import schemas_of
from marketry.plugins.discovery import Installed
from marketry.runtime import Runtime
from marketry.testing.copies import bring_up

DEFAULTS: Mapping[str, Any] = {
    "name": "Test shop",
    "base_url": "http://testserver",
    "locales": ["en", "zh"],
    "currencies": ["USD", "EUR", "JPY"],
    "country": "US",
    "secret_key": "only-for-tests-only-for-tests-only-for-tests",
}


def write_site(folder: Path, *, plugins: Sequence[str] = (), more: str = "", **values: Any) -> Path:
    """Write `folder`/marketry.toml with `plugins` and `values` over the defaults; `more` is TOML to put after them."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {**DEFAULTS, **values, "plugins": list(plugins)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in content.items()]
    (folder / "marketry.toml").write_text("\n".join([*lines, more, ""]), "utf-8")
    return folder


@dataclass
class SiteFactory:
    """Makes, boots and in the end closes sites of one test; `environ` is what they are booted with."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    _booted: list[Runtime] = field(default_factory=list)

    def __call__(
        self,
        *plugins: str,
        name: str = "site",
        extra: Sequence[Installed] = (),
        migrate: bool = True,
        more: str = "",
        clock: Callable[[], datetime] | None = None,
        environ: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Runtime:
        """A booted site with `plugins` enabled, its tables made. `name` is its folder; the same name boots it again."""
        folder = write_site(self.folder / name, plugins=plugins, more=more, **values)
        runtime = boot(folder, environ={**self.environ, **(environ or {})}, extra=extra, clock=clock)
        self._booted.append(runtime)
        if migrate:
            bring_up(runtime.database, schemas_of(runtime.plugins.enabled))
        return runtime

    def close(self) -> None:
        for runtime in self._booted:
            runtime.close()

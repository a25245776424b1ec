"""A site with inline plugins, asked over HTTP without a socket."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import APIRouter

from marketry.plugins.discovery import Installed
from marketry.plugins.manifest import Plugin
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.testing.sites import SiteFactory
from marketry.web.routing import Router

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

Web = Callable[..., "TestClient"]


def plugin(id: str, router: APIRouter | None = None, area: str = "shop", **options: Any) -> Installed:
    """An inline plugin with the routes of `router`; `manifest` takes further fields of its Plugin, the rest are hooks."""
    manifest = Plugin(id=id, title=id, **options.pop("manifest", {}))

    def routes(area_: str) -> Sequence[APIRouter]:
        return [router] if router is not None and area_ == area else []

    def routes_hook(area: str) -> Sequence[APIRouter]:
        return routes(area)

    return inline_plugin(manifest, routes=routes_hook, **options)


def write_templates(folder: Path, templates: Mapping[str, str]) -> None:
    for name, source in templates.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source, "utf-8")


@pytest.fixture
def web(make_site: SiteFactory, tmp_path: Path) -> Iterator[Web]:
    """`web(plugin("bowls", router), templates={…}, base_url=…)` → a client of the started site."""
    with ExitStack() as started:

        def make(*plugins: Installed, templates: Mapping[str, str] | None = None, **values: Any) -> "TestClient":
            write_templates(tmp_path / "site" / "templates", templates or {})
            runtime = make_site(extra=plugins, name=values.pop("folder", "site"), **values)
            return started.enter_context(client_of(runtime))

        yield make


@pytest.fixture
def router() -> Router:
    return Router()

"""A shop of notes: pages that count how often they are drawn, and a table that a use case changes."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketry import Plugin
from marketry.plugins.discovery import Installed
from marketry.problems import not_found
from marketry.runtime import Runtime
from marketry.settings.tables import Generation
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.testing.sites import SiteFactory
from marketry.web import Ctx, Router, cached, public, render, set_cookie

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

PAGE = "<title>{{ name }}</title>{{ name }}={{ number }} {{ ctx.locale }} {{ ctx.segment }} {{ more }}"


@dataclass
class Notes:
    """`drawn` names each drawing; `before_render`, if set, runs between reading and drawing a page."""

    drawn: list[str] = field(default_factory=list)
    before_render: Callable[[], None] = lambda: None
    in_page: Callable[[Any], object] = lambda ctx: ""

    def plugin(self) -> Installed:
        router = Router()

        @router.get("/notes/{name}")
        @public
        @cached("sort", "option-*")
        def note(ctx: Ctx, request: Request, name: str) -> Response:
            with ctx.reading() as session:
                row = session.get(Generation, f"note:{name}")
                number = row.number if row else 0
            if name == "missing":
                raise not_found("no such note")
            if name == "moved":
                return RedirectResponse("/notes/here", 301)
            self.drawn.append(f"{name}?{request.url.query}")
            ctx.tag(f"note:{name}")
            self.before_render()
            more = self.in_page(ctx)
            response = render(ctx, "notes/note.html", fragment="part", name=name, number=number, more=more)
            if name == "marked":
                set_cookie(ctx, response, "mark", "1")
            return response

        @router.get("/account/notes")
        @public
        def own(ctx: Ctx) -> Response:
            self.drawn.append("own")
            return render(ctx, "notes/note.html", name="own", number=0, more="")

        def routes(area: str) -> Sequence[APIRouter]:
            return (router,) if area == "shop" else ()

        return inline_plugin(Plugin(id="notes", title="Notes"), routes=routes)


def write(runtime: Runtime, name: str, number: int) -> None:
    """Change a note, and purge its pages in the same transaction."""
    ctx = runtime.context()
    with ctx.writing() as session:
        session.merge(Generation(subject=f"note:{name}", number=number))
        ctx.purge(f"note:{name}")


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def shop(make_site: SiteFactory, tmp_path: Path, notes: Notes) -> "Iterator[Callable[..., TestClient]]":
    """`shop()` → a client of a site with notes; `shop(name="site")` again boots another process's twin on the same database."""
    with ExitStack() as started:

        def make(**values: Any) -> "TestClient":
            folder = tmp_path / values.get("name", "site") / "templates" / "notes"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "note.html").write_text(PAGE + "{% block part %}part of {{ name }}{% endblock %}", "utf-8")
            runtime = make_site("notes", extra=[notes.plugin()], **values)
            return started.enter_context(client_of(runtime))

        yield make


def runtime_of(client: "TestClient") -> Runtime:
    found: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return found


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """`work(i)` in `count` threads that begin at once; the first exception is raised here."""
    gate, failures = threading.Barrier(count), list[BaseException]()

    def run(i: int) -> None:
        gate.wait()
        try:
            work(i)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failures:
        raise failures[0]

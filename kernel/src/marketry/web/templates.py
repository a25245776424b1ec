"""The template engine: Jinja2 over the site's layers, with named fragments and the globals that pages use."""

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemBytecodeCache, StrictUndefined, TemplateNotFound
from jinja2.loaders import BaseLoader
from markupsafe import Markup

from marketry.context import Context
from marketry.web.drawing import DrawingEnvironment
from marketry.web.globals import globals_of
from marketry.web.kept import CHANNEL, DRAWN_FOR, PIECES
from marketry.web.layers import Layer, layers_of, watching

if TYPE_CHECKING:
    from marketry.runtime import Runtime

NEXT = "!"
BYTECODE = "drawing_1_%s.cache"  # another number when DrawingCode compiles differently


class LayeredLoader(BaseLoader):
    """Finds a template in the strongest layer that has it; each leading `!` skips one layer that has it."""

    def __init__(self, layers: tuple[Layer, ...], *, watch: bool) -> None:
        self._folders = tuple(layer.templates for layer in layers if layer.templates.is_dir())
        self._watch = watch

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        path = self.find(template)
        source = path.read_text(encoding="utf-8")
        changed = path.stat().st_mtime_ns
        return source, str(path), lambda: not self._watch or (path.is_file() and path.stat().st_mtime_ns == changed)

    def find(self, template: str) -> Path:
        """The file of `template`; TemplateNotFound names every place where it was looked for."""
        name = template.lstrip(NEXT)
        skip = len(template) - len(name)
        if ".." in name.split("/") or name.startswith("/"):
            raise TemplateNotFound(template)
        for folder in self._folders:
            path = folder / name
            if path.is_file():
                if skip == 0:
                    return path
                skip -= 1
        places = ", ".join(str(folder) for folder in self._folders)
        raise TemplateNotFound(template, f"template {template!r} is in none of the layers: {places}")

    def has(self, template: str) -> bool:
        try:
            return bool(self.find(template))
        except TemplateNotFound:
            return False

    def list_templates(self) -> list[str]:
        found = {str(path.relative_to(f)) for f in self._folders for path in f.rglob("*") if path.is_file()}
        return sorted(found)


class LayeredEnvironment(DrawingEnvironment):
    """Jinja2's environment, in which `!x` inside `x` leads to the layer below the one that says it."""

    def join_path(self, template: str, parent: str) -> str:
        """A child theme extends its parent by `!shop/layout.html`, and that one the plugin's by the same words."""
        name = template.lstrip(NEXT)
        above = len(parent) - len(parent.lstrip(NEXT)) if template != name and parent.lstrip(NEXT) == name else 0
        return NEXT * above + template


def escapes(name: str | None) -> bool:
    """Autoescape is on for every ending but `.txt`."""
    return name is None or not name.endswith(".txt")


class Templates:
    """One engine per runtime; templates and their bytecode are cached."""

    def __init__(self, runtime: "Runtime") -> None:
        cache = Path(runtime.site.var_dir) / "templates"
        cache.mkdir(parents=True, exist_ok=True)
        watch = watching()
        self.environment = LayeredEnvironment(
            loader=LayeredLoader(layers_of(runtime), watch=watch),
            autoescape=escapes,
            undefined=StrictUndefined,
            auto_reload=watch,
            cache_size=-1,
            bytecode_cache=FileSystemBytecodeCache(str(cache), BYTECODE),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(globals_of(runtime))
        self._runtime = runtime
        self._kept = lru_cache(PIECES, typed=True)(self._for_nobody)

    def first(self, *names: str) -> str:
        """The first of `names` that exists."""
        loader = self.environment.loader
        return next((name for name in names if isinstance(loader, LayeredLoader) and loader.has(name)), names[-1])

    def page(self, ctx: Context, name: str, values: Mapping[str, object]) -> str:
        """The whole template."""
        template = self.environment.get_template(name)
        with _drawn_for(ctx):
            return template.render(values, ctx=ctx, view=name, view_values=values)

    def steady(self, locale: str, name: str, **values: Hashable) -> Markup:
        """A template that depends on its values and the language alone: drawn once for the same ones, for nobody."""
        draw = self._for_nobody if self.environment.auto_reload else self._kept
        return draw(locale, name, **values)

    def _for_nobody(self, locale: str, name: str, **values: Hashable) -> Markup:
        ctx = Context(self._runtime, locale=locale, channel=CHANNEL)
        return Markup(self.page(ctx, name, values))  # noqa: S704 - Jinja2 has escaped it

    def fragment(self, ctx: Context, name: str, block: str, values: Mapping[str, object]) -> str:
        """One block of the template, without what surrounds it. KeyError where there is no such block."""
        template = self.environment.get_template(name)
        drawing = template.new_context({**values, "ctx": ctx, "view": name})
        with _drawn_for(ctx):
            try:
                # Up to its first output the template runs its imports and sets, which the block needs.
                outline = template.root_render_func(drawing)
                next(outline, None)
                return self.environment.concat(drawing.blocks[block][0](drawing))
            except Exception:
                self.environment.handle_exception()


@contextmanager
def _drawn_for(ctx: Context) -> Iterator[None]:
    token = DRAWN_FOR.set(ctx)
    try:
        yield
    finally:
        DRAWN_FOR.reset(token)


def templates_of(runtime: "Runtime") -> Templates:
    """The engine of a runtime, made at first use (by a page, a mail or a command)."""
    return runtime.part(Templates)


def render_text(ctx: Context, template: str, block: str | None = None, **values: object) -> str:
    """`template`, or one of its blocks, outside a page: for mails and exports."""
    templates = templates_of(ctx.runtime)
    return templates.fragment(ctx, template, block, values) if block else templates.page(ctx, template, values)


def render_steady(ctx: Context, template: str, **values: Hashable) -> Markup:
    """`template`, which uses nothing but `values` and the language; kept, so that it is drawn once for the same ones."""
    return templates_of(ctx.runtime).steady(ctx.locale, template, **values)

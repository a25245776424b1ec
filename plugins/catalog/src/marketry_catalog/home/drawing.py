"""From the merchant's sections to what the home page is drawn with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from marketry import Context
from marketry.hookspecs import web as web_hooks
from marketry.telemetry import log
from marketry.web.sections import SectionKind
from marketry_catalog.settings import CatalogSettings, HomeSection


@dataclass(frozen=True, slots=True)
class Drawn:
    """A section as the template needs it: `leading` is the one that holds the page's h1."""

    id: str
    template: str
    values: Mapping[str, Any]
    leading: bool
    first: bool
    hidden: bool


def kinds_of(ctx: Context) -> dict[str, tuple[str, SectionKind]]:
    """(plugin, kind) by code."""
    answers = ctx.runtime.answers(web_hooks.home_sections)
    return {answer.value.code: (answer.plugin, answer.value) for answer in answers}


def sections_of(ctx: Context) -> list[HomeSection]:
    """Those that are saved; before any are, a hero, the categories, and a row of products per tag of the settings."""
    settings = ctx.settings(CatalogSettings)
    if settings.home_sections:
        return list(settings.home_sections)
    rows = [HomeSection(id=f"tag-{n}", kind="products", values={"tag": tag}) for n, tag in enumerate(settings.home_tags, 1)]
    return [HomeSection(id="hero", kind="hero"), HomeSection(id="categories", kind="categories"), *rows]


def home_page(ctx: Context, sections: Iterable[HomeSection] | None = None, *, hidden: bool = False) -> dict[str, Any]:
    """The values of `catalog/home.html`. `hidden`: with those that the merchant hides, for a preview."""
    shown = [one for one in (sections_of(ctx) if sections is None else sections) if hidden or not one.hidden]
    kinds = kinds_of(ctx)
    drawn: list[Drawn] = []
    for section in shown:
        plugin, kind = kinds.get(section.kind, ("", None))
        values = _values(ctx, plugin, kind, section) if kind else None
        if kind is not None and values is not None:
            leading = kind.opening and not any(one.leading for one in drawn)
            drawn.append(Drawn(section.id, kind.template, values, leading, not drawn, section.hidden))
    return {"sections": drawn, "titled": any(one.leading for one in drawn)}


def _values(ctx: Context, plugin: str, kind: SectionKind, section: HomeSection) -> Mapping[str, Any] | None:
    """A section that can't be drawn is left out and logged: the shop's front stays open."""
    try:
        wanted = kind.schema.model_validate(section.values)
    except ValidationError as error:
        log.error("home_section_ignored", section=section.id, kind=kind.code, reason=str(error))
        return None
    return ctx.hooks.shielded(plugin, f"home section {kind.code}", kind.values, ctx, wanted)


def titles_of(sections: Sequence[HomeSection], locale: str, fallback: str) -> dict[str, str]:
    """The first words of each section, for a list of them."""
    return {one.id: _words(one.values, locale, fallback) for one in sections}


def _words(values: Mapping[str, Any], locale: str, fallback: str) -> str:
    for name in ("title", "text"):
        words = values.get(name)
        if isinstance(words, Mapping) and (found := words.get(locale) or words.get(fallback)):
            return str(found)[:80]
    return str(values.get("tag") or values.get("category") or "")

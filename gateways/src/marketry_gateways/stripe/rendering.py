"""Pages in the buyer's language: the session's locale, else what the browser prefers; English or Chinese."""

from __future__ import annotations

from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request

from marketry_gateways.stripe.amounts import words
from marketry_gateways.stripe.chinese import CHINESE
from marketry_gateways.stripe.errors import Json

_ENVIRONMENT = Environment(
    loader=PackageLoader("marketry_gateways.stripe"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language(request: Request, session: Json | None) -> str:
    """``en`` or ``zh``."""
    wanted = (session or {}).get("locale") or "auto"
    if wanted == "auto":
        wanted = request.headers.get("accept-language", "en")
    return "zh" if wanted.lower().startswith("zh") else "en"


def render(template: str, lang: str, **values: object) -> str:
    """A page; ``_`` in templates says a sentence in the language."""
    return _ENVIRONMENT.get_template(template).render(lang=lang, _=partial(say, lang), money=words, **values)


def say(lang: str, sentence: str) -> str:
    """A sentence of the pages, or of a decline, in the language."""
    return CHINESE.get(sentence, sentence) if lang == "zh" else sentence

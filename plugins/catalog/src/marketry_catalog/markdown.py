"""Descriptions as markup. Raw HTML in them is shown as text, never run."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


@lru_cache(maxsize=1024)
def as_markup(text: str) -> Markup:
    """Markdown to HTML; kept, since a product page shows the same text again and again."""
    return Markup(_PARSER.render(text))  # noqa: S704 - the parser escapes all but its own elements

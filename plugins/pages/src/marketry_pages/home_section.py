"""The journal on the home page: its newest posts, as a kind of section that the merchant can add."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from marketry import Context
from marketry.web.sections import SectionKind, Words, said, words_field
from marketry_pages.entries import posts_page


class JournalTeaser(BaseModel):
    model_config = ConfigDict(extra="ignore")

    title: Words = words_field("Title")
    tag: str = Field("", max_length=60, title="Tag", description="Posts with this tag only")
    count: int = Field(3, ge=1, le=6, title="How many")


def teaser(ctx: Context, wanted: JournalTeaser) -> Mapping[str, Any] | None:
    """The newest posts; nothing where there are none."""
    posts = posts_page(ctx, wanted.tag, None, wanted.count).items
    return {"title": said(ctx, wanted.title) or ctx.gettext("Journal"), "posts": posts} if posts else None


KIND = SectionKind(
    "journal", "Journal", "pages/sections/journal.html", JournalTeaser, teaser, "The newest posts, with their pictures"
)

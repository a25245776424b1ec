"""What an author may write."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Lines = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
Body = Annotated[str, StringConstraints(max_length=60_000)]
Slug = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Kind = Literal["page", "policy", "post"]


def _split(value: Any) -> Any:
    """Entries apart by commas or lines, out of one text or of several."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return value
    return list(dict.fromkeys(part.strip() for text in texts for part in re.split(r"[,，、\n]", text) if part.strip()))


class EntryForm(BaseModel):
    """A page, policy or post as its author sends it; texts per locale. See `models.Entry`."""

    model_config = ConfigDict(extra="forbid")

    title: dict[str, Line] = Field(default_factory=dict)
    slug: dict[str, Slug] = Field(default_factory=dict)
    summary: dict[str, Lines] = Field(default_factory=dict)
    body: dict[str, Body] = Field(default_factory=dict)
    seo_title: dict[str, Line] = Field(default_factory=dict)
    seo_description: dict[str, Lines] = Field(default_factory=dict)
    picture: str | None = Field(None, max_length=200)
    picture_alt: dict[str, Line] = Field(default_factory=dict)
    author: dict[str, Line] = Field(default_factory=dict)
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=60)]], BeforeValidator(_split)] = Field(
        default_factory=list, max_length=30
    )
    products: Annotated[list[Annotated[str, StringConstraints(max_length=120)]], BeforeValidator(_split)] = Field(
        default_factory=list, max_length=24
    )
    placement: Literal["", "header", "footer", "legal"] = ""
    position: int = Field(50, ge=0, le=10_000)
    published: bool = False
    publish_at: datetime | None = None
    publish_until: datetime | None = None

"""Sections of the home page: what kinds there are, and the fields of each that a merchant fills in the back office.

A kind's fields are a pydantic model. Besides texts, numbers, switches and choices (`Literal`), which need nothing more, the
functions here make fields for what such pages are made of: words in every language, a picture, a category, handles, an address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from marketry.database import in_locale

if TYPE_CHECKING:
    from marketry.context import Context

Words = dict[str, Annotated[str, StringConstraints(max_length=4_000)]]
MediaName = Annotated[str, StringConstraints(max_length=200)]


@dataclass(frozen=True, slots=True)
class SectionKind:
    """One kind of section.

    `code` is stored with each section (`products`); `title` and `summary` say to staff what it is. `values(ctx, wanted)` gets the
    section's fields as an instance of `schema` and returns what `template` is drawn with, or None where there is nothing to show;
    it runs inside the reading transaction of the page. `opening` kinds may hold the page's h1 when they stand first: their
    template is given `leading`.
    """

    code: str
    title: str
    template: str
    schema: type[BaseModel]
    values: "Callable[[Context, Any], Mapping[str, Any] | None]"
    summary: str = ""
    opening: bool = False


def words_field(title: str, description: str = "", *, long: bool = False) -> Any:
    """Text per locale (`Words`), one line or several."""
    return Field(
        default_factory=dict,
        title=title,
        description=description or None,
        json_schema_extra={"control": "text" if long else "words"},
    )


def picture_field(title: str, description: str = "") -> Any:
    """The name of a picture in the media store (`MediaName`), chosen among those there are or uploaded; "" for none."""
    return Field("", title=title, description=description or None, json_schema_extra={"control": "picture"})


def category_field(title: str, description: str = "") -> Any:
    """The handle of a category; "" for none."""
    return Field("", max_length=200, title=title, description=description or None, json_schema_extra={"control": "category"})


def lines_field(title: str, description: str = "") -> Any:
    """Several short texts (`list[str]`), one a line: handles of products."""
    return Field(
        default_factory=list, max_length=48, title=title, description=description or None, json_schema_extra={"control": "lines"}
    )


def link_field(title: str, description: str = "") -> Any:
    """An address of this site, `/` first; "" for none. Other hosts are refused: a section is no place for them."""
    return Field(
        "", max_length=300, pattern=r"^(/([^/\\\s][^\\\s]*)?)?$", title=title, description=description or None,
        json_schema_extra={"control": "link"},
    )  # fmt: skip


def said(ctx: "Context", words: Mapping[str, str]) -> str:
    """The words of the page's language."""
    return in_locale(words, ctx.locale, ctx.site.locales[0]).strip()

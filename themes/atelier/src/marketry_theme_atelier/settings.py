"""What a merchant can change in Atelier without writing CSS."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True, strip_whitespace=True)]


class AtelierSettings(BaseModel):
    """Colours as `#rrggbb`, for light pages and for dark ones; type, corners, pictures and width by name.

    The accent is for text and buttons on paper: keep a contrast of 4.5 or more (WCAG 1.4.3); the back office computes it, for
    each pair that `on` names.
    """

    model_config = ConfigDict(extra="forbid")

    paper: Colour = Field("#f6f1e8", title="Paper", description="The ground of light pages.")
    ink: Colour = Field(
        "#2b2623", title="Ink", description="Text and dark buttons of light pages.", json_schema_extra={"on": ["paper", "oat"]}
    )
    accent: Colour = Field(
        "#8a4f35",
        title="Accent",
        description="Links under the pointer, focus, reduced prices.",
        json_schema_extra={"on": ["paper"]},
    )
    clay: Colour = Field("#b57b60", title="Clay", description="Decoration: lines and large figures, never text.")
    oat: Colour = Field("#e4d8c3", title="Oat", description="Quiet grounds of badges and selections.")
    paper_dark: Colour = Field("#1a1816", title="Paper by night", description="The ground of dark pages.")
    ink_dark: Colour = Field(
        "#f0e9de", title="Ink by night", description="Text of dark pages.", json_schema_extra={"on": ["paper_dark"]}
    )
    accent_dark: Colour = Field(
        "#e2ac90", title="Accent by night", description="The accent of dark pages.", json_schema_extra={"on": ["paper_dark"]}
    )
    titles: Literal["serif", "sans", "slab"] = Field(
        "serif", title="Type of titles", description="The face of headings and names."
    )
    corners: Literal["sharp", "soft", "round"] = Field("soft", title="Corners", description="Of buttons, fields and pictures.")
    cards: Literal["portrait", "square", "landscape"] = Field(
        "portrait", title="Pictures in lists", description="The shape of product pictures in lists."
    )
    width: Literal["narrow", "wide", "full"] = Field("wide", title="Width", description="How wide pages grow on a large screen.")

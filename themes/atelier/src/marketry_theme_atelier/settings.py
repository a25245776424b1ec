"""What a merchant can change in Atelier without writing CSS."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True, strip_whitespace=True)]


class AtelierSettings(BaseModel):
    """Colours as `#rrggbb`. The accent is used for text and buttons on paper: keep a contrast of 4.5 or more (WCAG 1.4.3)."""

    model_config = ConfigDict(extra="forbid")

    paper: Colour = Field("#f6f1e8", title="Paper", description="The ground of light pages.")
    ink: Colour = Field("#2b2623", title="Ink", description="Text and dark buttons.")
    accent: Colour = Field("#8a4f35", title="Accent", description="Links under the pointer, focus, reduced prices.")
    clay: Colour = Field("#b57b60", title="Clay", description="Decoration: lines and large figures, never text.")
    oat: Colour = Field("#e4d8c3", title="Oat", description="Quiet grounds of badges and selections.")

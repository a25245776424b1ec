"""What a merchant can change in Noir: what Atelier lets them change, with Noir's own values to begin with."""

from marketry_theme_atelier.settings import AtelierSettings, Colour
from pydantic import Field


class NoirSettings(AtelierSettings):
    """The colours of Atelier's pairs. Noir opens dark; visitors who choose light see the light halves."""

    paper: Colour = Field("#f2f1ee", title="Paper", description="The ground of light pages.")
    ink: Colour = Field(
        "#16161a", title="Ink", description="Text and dark buttons of light pages.", json_schema_extra={"on": ["paper", "oat"]}
    )
    accent: Colour = Field(
        "#7a5200",
        title="Accent",
        description="Links under the pointer, focus, reduced prices.",
        json_schema_extra={"on": ["paper"]},
    )
    clay: Colour = Field("#a98a4f", title="Clay", description="Decoration: lines and large figures, never text.")
    oat: Colour = Field("#dedcd4", title="Oat", description="Quiet grounds of badges and selections.")
    paper_dark: Colour = Field("#0e0e11", title="Paper by night", description="The ground of dark pages.")
    ink_dark: Colour = Field(
        "#efece4", title="Ink by night", description="Text of dark pages.", json_schema_extra={"on": ["paper_dark"]}
    )
    accent_dark: Colour = Field(
        "#d9b56c", title="Accent by night", description="The accent of dark pages.", json_schema_extra={"on": ["paper_dark"]}
    )

"""Noir: Atelier by night. Tokens of its own, a frame and cards of its own; everything else is inherited."""

from marketry.plugins.manifest import Theme
from marketry_theme_noir.settings import NoirSettings

theme = Theme(id="noir", title="Noir", package="marketry_theme_noir", parent="atelier", settings=NoirSettings)

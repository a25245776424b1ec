"""Atelier, the default theme: quiet, editorial, made of system fonts and one small stylesheet per block."""

from marketry.plugins.manifest import Theme
from marketry_theme_atelier.settings import AtelierSettings

theme = Theme(id="atelier", title="Atelier", package="marketry_theme_atelier", settings=AtelierSettings)

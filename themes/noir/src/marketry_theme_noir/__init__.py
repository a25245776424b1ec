"""Noir: Atelier by night. Changes tokens and a few templates only."""

from marketry.plugins.manifest import Theme

theme = Theme(id="noir", title="Noir", package="marketry_theme_noir", parent="atelier")

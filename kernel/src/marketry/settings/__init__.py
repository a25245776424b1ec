"""A site's configuration: defaults < marketry.toml < what the back office saved in the database < the environment."""

from marketry.settings.effective import Effective, effective
from marketry.settings.keys import SecretBox, signer
from marketry.settings.reading import read_site
from marketry.settings.saving import choose_theme, disable_plugin, enable_plugin, reseal, save_settings
from marketry.settings.site import Site, SiteError

__all__ = [
    "Effective",
    "SecretBox",
    "Site",
    "SiteError",
    "choose_theme",
    "disable_plugin",
    "effective",
    "enable_plugin",
    "read_site",
    "reseal",
    "save_settings",
    "signer",
]

"""What plugin authors test with: real servers, sites in a temporary folder, inline plugins, inheritable contract suites."""

from marketry.testing.inline import inline_plugin
from marketry.testing.sites import SiteFactory, write_site

__all__ = ["SiteFactory", "inline_plugin", "write_site"]

"""The sample shop's goods and pages, without its past: what machines read needs no orders."""

from pathlib import Path
from typing import Any

from marketry.testing.sites import SiteFactory
from marketry.web.values import SYSTEM
from marketry_catalog.importing.run import import_catalogue
from marketry_pages.api import import_pages

SAMPLE = Path(__file__).resolve().parents[2] / "sample_site"
PLUGINS = ("catalog", "orders", "payments_manual", "shipping", "pages", "discovery")
MORE = """
[organisation]
legal_name = "Kiln & Grain"
email = "studio@example.com"
telephone = "+1 555 0114 016"
"""


def sample_shop(factory: SiteFactory) -> Any:
    runtime = factory(*PLUGINS, more=MORE, currencies=["USD", "EUR", "CNY"], theme="atelier")
    ctx = runtime.context(actor=SYSTEM)
    assert import_catalogue(ctx, SAMPLE / "catalogue", own_pictures=True).errors == []
    for folder in ("policies", "posts"):
        assert import_pages(ctx, SAMPLE / "catalogue" / folder, own_pictures=True).errors == []
    return runtime

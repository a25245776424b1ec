"""Noir is a child: it changes tokens and a few templates, inherits the rest, and is chosen by a setting."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from marketry.settings.saving import choose_theme
from marketry.testing.clients import client_of
from marketry.web.assets import assets_of
from marketry.web.values import SYSTEM

PACKAGE = Path(str(files("marketry_theme_noir")))
ATELIER = Path(str(files("marketry_theme_atelier")))


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens(package: Path, scheme: str) -> dict[str, str]:
    source = (package / "static" / "atelier" / "tokens.css").read_text("utf-8")
    return dict(re.findall(rf"--([\w-]+)-{scheme}: (#[0-9a-f]{{6}});", source))


def test_it_holds_tokens_a_stylesheet_and_a_few_templates_and_nothing_else() -> None:
    found = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert found == {
        "__init__.py", "settings.py", "py.typed", "locale/zh.po", "static/atelier/tokens.css", "static/noir/noir.css",
        "templates/shop/layout.html", "templates/errors/404.html",
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_tokens_are_those_of_its_parent_and_text_keeps_a_contrast_of_four_and_a_half(scheme: str) -> None:
    own = tokens(PACKAGE, scheme)
    assert own.keys() == tokens(ATELIER, scheme).keys()
    pairs = [("ink", "paper"), ("ink", "raised"), ("ink", "sunken"), ("ink", "oat"), ("quiet", "paper"), ("quiet", "sunken"),
             ("quiet", "raised"), ("accent", "paper"), ("paper", "accent"), ("danger", "danger-ground"),
             ("warn", "warn-ground")]  # fmt: skip
    assert {pair: contrast(own[pair[0]], own[pair[1]]) for pair in pairs if contrast(own[pair[0]], own[pair[1]]) < 4.5} == {}
    assert contrast(own["line-strong"], own["paper"]) >= 3


def test_its_settings_begin_with_its_tokens() -> None:
    from marketry_theme_noir.settings import NoirSettings

    values = NoirSettings().model_dump()
    light, dark = tokens(PACKAGE, "light"), tokens(PACKAGE, "dark")
    assert {name: values[name] for name in ("paper", "ink", "accent", "clay", "oat")} == {
        name: light[name] for name in ("paper", "ink", "accent", "clay", "oat")
    }
    assert {name: values[f"{name}_dark"] for name in ("paper", "ink", "accent")} == {
        name: dark[name] for name in ("paper", "ink", "accent")
    }


def test_pages_inherit_the_frame_of_the_parent_which_inherits_the_kernels(make_site) -> None:
    runtime = make_site(theme="noir")
    with client_of(runtime) as client:
        page = client.get("/nothing")
    assert page.status_code == 404
    assert "It is dark here" in page.text
    assert '<footer class="site-footer">' in page.text  # Atelier's
    assert '<a class="skip-link" href="#main">' in page.text  # the kernel's
    assert page.text.index("atelier/atelier.css") < page.text.index("noir/noir.css")


def test_the_parents_stylesheet_is_joined_with_the_childs_tokens(make_site) -> None:
    sheet = assets_of(make_site(theme="noir")).file("atelier/atelier.css").read_text("utf-8")
    assert "--paper-dark: #0e0e11;" in sheet
    assert "#f6f1e8" not in sheet.partition("--paper-light")[2][:200]
    assert ".product-card" in sheet


def test_colours_saved_for_the_parent_do_not_leak_into_the_child(make_site) -> None:
    runtime = make_site(theme="noir", more='[settings.atelier]\naccent = "#2f4f4f"\n[settings.noir]\naccent_dark = "#ffffff"\n')
    with client_of(runtime) as client:
        sheet = client.get("/theme.css").text
    assert "--accent-dark: #ffffff;" in sheet
    assert "#2f4f4f" not in sheet


def test_a_merchant_changes_from_one_to_the_other(make_site) -> None:
    runtime = make_site(theme="atelier")
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing():
        choose_theme(ctx, "noir")
    assert runtime.saved.of("site") == {"theme": "noir"}

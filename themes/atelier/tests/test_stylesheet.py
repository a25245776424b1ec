"""What Atelier promises: small, of the site alone, readable by light and by dark."""

import gzip
import re
from importlib.resources import files
from pathlib import Path

import pytest

from marketry.web import bundles

PACKAGE = Path(str(files("marketry_theme_atelier")))
STATIC = PACKAGE / "static"
LIST = STATIC / "atelier" / "atelier.css.list"
LIMIT = 18_000  # bytes, as it travels


@pytest.fixture(scope="module")
def stylesheet(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("joined") / "atelier.css"
    bundles.join(LIST, lambda name: path if (path := STATIC / name).is_file() else None, target)
    return target.read_text("utf-8")


def test_the_whole_stylesheet_is_small(stylesheet: str) -> None:
    assert len(gzip.compress(stylesheet.encode(), 9)) < LIMIT


def test_every_block_is_in_the_list_once() -> None:
    assert sorted(bundles.names(LIST)) == sorted(f"atelier/{path.name}" for path in (STATIC / "atelier").glob("*.css"))


def test_nothing_is_fetched_from_elsewhere(stylesheet: str) -> None:
    assert re.findall(r"@import|https?:|url\((?!\"fonts/[a-z-]+\.woff2\"\))", stylesheet) == []


def test_fonts_are_small_and_come_with_their_licence() -> None:
    fonts = sorted((STATIC / "atelier" / "fonts").glob("*.woff2"))
    assert [font.stem for font in fonts] == ["instrument-sans", "newsreader-italic", "newsreader"]
    assert sum(font.stat().st_size for font in fonts) < 75_000
    assert "SIL Open Font License, Version 1.1" in (STATIC / "atelier" / "fonts" / "LICENSE.txt").read_text("utf-8")


def test_all_but_printing_stands_in_a_layer() -> None:
    """So a site's own stylesheet, which needs none, wins without !important."""
    for path in (STATIC / "atelier").glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        outermost = re.findall(r"^[^\s}].*?(?=;|\s*\{)", rules, flags=re.MULTILINE)
        expected = "@media print" if path.name == "print.css" else "@layer "
        assert len(set(outermost)) == 1, path
        assert outermost[0].startswith(expected), path


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens(scheme: str) -> dict[str, str]:
    source = (STATIC / "atelier" / "tokens.css").read_text("utf-8")
    return dict(re.findall(rf"--([\w-]+)-{scheme}: (#[0-9a-f]{{6}});", source))


def test_every_colour_has_a_half_for_light_and_one_for_dark() -> None:
    source = (STATIC / "atelier" / "tokens.css").read_text("utf-8")
    pairs = re.findall(r"--([\w-]+): light-dark\(var\(--\1-light\), var\(--\1-dark\)\);", source)
    assert sorted(tokens("light")) == sorted(tokens("dark")) == sorted(pairs)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"), ("ink", "raised"), ("ink", "sunken"), ("ink", "oat"), ("paper", "ink"), ("paper", "accent"),
        ("accent", "paper"), ("accent", "raised"), ("quiet", "paper"), ("quiet", "raised"), ("quiet", "sunken"),
        ("danger", "paper"), ("danger", "danger-ground"), ("ink", "danger-ground"), ("ink", "good-ground"),
        ("warn", "warn-ground"),
    ],
)  # fmt: skip
def test_text_keeps_a_contrast_of_four_and_a_half(scheme: str, text: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3."""
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_frames_of_inputs_keep_a_contrast_of_three(scheme: str) -> None:
    """WCAG 2.2, 1.4.11."""
    colours = tokens(scheme)
    assert contrast(colours["line-strong"], colours["paper"]) >= 3


def test_no_template_holds_a_style_or_a_script() -> None:
    for path in (PACKAGE / "templates").rglob("*.html"):
        assert re.findall(r"<style|<script(?! (type=\"module\" )?src=)|\sstyle=|\son[a-z]+=", path.read_text("utf-8")) == [], path

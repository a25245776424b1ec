"""Screenshots of every page of the shop into docs/gallery/: three widths, light and dark, both languages, empty and full.

    python3 dev.py gallery [--theme noir] [--only cart,product] [--widths 360] [--schemes light,forced] [--languages en]

It runs the sample shop in a folder of its own; --data keeps that folder for the next time, --url photographs a shop that runs
already. Another theme's pictures bear its name. `--choose` writes the few that are kept with the code, small. `forced` are the
colours of a high-contrast system; pages that people print are printed in any case. A page that scrolls sideways, one that could
not be reached and one that answers otherwise than it should are named at the end, and make the command fail.
"""

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from shots.pages import PAGES, PRINTED, WINDOWS
from shots.shop import Shop, started

HERE = Path(__file__).resolve().parent
TARGET = HERE / "gallery"
PORT = 8169
KEPT = 60_000  # bytes of a picture that is kept with the code
TALLEST = 12_000  # pixels of a picture: WebP ends at 16,383
CHOSEN = (
    ("home", "en", 1280, "light"), ("home", "zh", 360, "dark"), ("category", "en", 768, "light"),
    ("product", "en", 1280, "light"), ("product", "zh", 360, "light"), ("product", "en", 1280, "dark"),
    ("drawer", "en", 1280, "light"), ("cart", "zh", 768, "light"), ("checkout-address", "en", 1280, "light"),
    ("checkout-review", "en", 360, "dark"), ("order", "en", 1280, "light"), ("search", "zh", 1280, "dark"),
)  # fmt: skip
Shot = tuple[int, str]  # width, scheme


def main() -> int:
    options = read_arguments()
    options.target.mkdir(exist_ok=True, parents=True)
    wrong: list[str] = []
    with served(options) as shop, sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for name, language, shots in wanted(options):
            try:
                for shot, picture, sideways in photographed(browser, shop, name, language, shots, options):
                    kept = "-".join(map(str, (*([] if options.theme == "atelier" else [options.theme]), name, language, *shot)))
                    save(picture, options.target, kept, choose=options.choose)
                    wrong += [f"scrolls sideways: {kept}"] if sideways else []
            except Exception as error:
                wrong.append(f"{name} {language}: {str(error).splitlines()[0]}")
        browser.close()
    for one in wrong:
        sys.stderr.write(one + "\n")
    return 1 if wrong else 0


def read_arguments() -> argparse.Namespace:
    def words(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a shop that runs already")
    parser.add_argument("--data", type=Path, help="the folder of the sample shop, made where it isn't there; kept")
    parser.add_argument("--theme", default="atelier")
    parser.add_argument("--only", type=words, default=list(PAGES), help=f"of: {', '.join(PAGES)}")
    parser.add_argument("--widths", type=lambda text: [int(one) for one in words(text)], default=[360, 768, 1280])
    parser.add_argument("--height", type=int, default=800, help="of the window; 400 beside --widths 640 is 1280 by 800 at 200 %%")
    parser.add_argument("--schemes", type=words, default=["light", "dark"])
    parser.add_argument("--languages", type=words, default=["en", "zh"])
    parser.add_argument("--target", type=Path, default=TARGET, help="where the pictures go")
    parser.add_argument("--choose", action="store_true", help="write the few that are kept with the code")
    return parser.parse_args()


def wanted(options: argparse.Namespace) -> Iterator[tuple[str, str, list[Shot]]]:
    if options.choose:
        yield from ((name, language, [(width, scheme)]) for name, language, width, scheme in CHOSEN)
        return
    for name in options.only:
        shots = [(width, scheme) for width in options.widths for scheme in options.schemes]
        shots += [(768, "print")] if name in PRINTED and (768, "print") not in shots else []
        yield from ((name, language, shots) for language in options.languages)


def photographed(
    browser: Browser, shop: Shop, name: str, language: str, shots: list[Shot], options: argparse.Namespace
) -> Iterator[tuple[Shot, bytes, bool]]:
    """Each shot as a PNG, and whether the page scrolls sideways. A page is walked to once; what lies over one, for each shot."""
    base = shop.url if language == "en" else f"{shop.url}/{language}"
    context: BrowserContext = browser.new_context()
    try:
        page = context.new_page()
        for number, (width, scheme) in enumerate(shots):
            page.set_viewport_size({"width": width, "height": options.height})
            dress(page, scheme)
            if number == 0 or name in WINDOWS:
                PAGES[name](page, base, shop)
            if scheme in ("light", "dark"):  # as chosen in the footer: a theme may be dark whatever the system says
                page.evaluate("scheme => { document.documentElement.dataset.scheme = scheme }", scheme)
            yield (width, scheme), *picture_of(page, whole=name not in WINDOWS)
    finally:
        context.close()


def dress(page: Page, scheme: str) -> None:
    dark = "dark" if scheme == "dark" else "light"
    medium = "print" if scheme == "print" else "screen"
    page.emulate_media(color_scheme=dark, media=medium, forced_colors="active" if scheme == "forced" else "none")  # type: ignore[arg-type]


def picture_of(page: Page, *, whole: bool) -> tuple[bytes, bool]:
    page.evaluate("document.querySelectorAll('.tour').forEach(tour => tour.remove())")
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(picture => picture.loading = 'eager')")
    page.wait_for_timeout(150)
    page.evaluate("Promise.all([...document.images].map(picture => picture.decode().catch(() => 0)))")
    sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return page.screenshot(full_page=whole, animations="disabled"), bool(sideways)


def save(png: bytes, folder: Path, name: str, *, choose: bool) -> None:
    """As WebP; a chosen one no taller than three screens and no bigger than KEPT."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, 2400 if choose else TALLEST)))
    if not choose:
        picture.save(folder / f"{name}.webp", quality=70, method=2)
        return
    for quality in range(80, 10, -10):
        held = io.BytesIO()
        picture.save(held, "WEBP", quality=quality, method=6)
        if held.tell() <= KEPT:
            break
    (folder / f"chosen-{name}.webp").write_bytes(held.getvalue())


@contextmanager
def served(options: argparse.Namespace) -> Iterator[Shop]:
    """The shop at --url, that of --data, or a fresh one of our own that ends with us."""
    if options.url:
        yield Shop(options.url.rstrip("/"), options.data)
        return
    with tempfile.TemporaryDirectory() as own, started(options.data or Path(own) / "shop", PORT, options.theme) as shop:
        yield shop


if __name__ == "__main__":
    sys.exit(main())

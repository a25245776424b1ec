"""Decoding what people upload and encoding what we keep: nothing of the file survives but its pixels. Pure functions."""

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from marketry.problems import Refused, invalid

# No SVG: it is a program. TIFF, PSD and the like have decoders too rich for strangers' files.
READ = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MOST_PIXELS = 40_000_000
MOST_BYTES = 25 * 1024 * 1024
WIDTHS = (320, 640, 960, 1440)
MIME = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}
MODERN = ("avif", "webp")  # the formats of renditions, the smaller one first


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded upload and the `name` it will have: `3f/9a/3f9a…-960x1200.webp`, from its content and its size."""

    name: str
    image: Image.Image
    ending: str


def read_picture(content: bytes) -> Picture:
    """Decode `content`. Refused (422, field `picture`) for what is no picture, or too large a one."""
    with _opened(content) as opened:
        ending = _ending(opened)
        upright = ImageOps.exif_transpose(opened)
        return Picture(_name(content, upright.size, ending), upright, ending)


def look_at_picture(content: bytes) -> tuple[str, str]:
    """Name and ending from the header alone, for pictures that are kept as they are. Refused like `read_picture`."""
    with _opened(content) as opened:
        turned = opened.getexif().get(ExifTags.Base.Orientation, 1) >= 5  # EXIF: lying on its side
        size = opened.size[::-1] if turned else opened.size
        ending = _ending(opened)
        return _name(content, size, ending), ending


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    if len(content) > MOST_BYTES:
        raise _refusal("picture_too_large", f"The picture is larger than {MOST_BYTES // 1024 // 1024} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=READ)
            if opened.width * opened.height > MOST_PIXELS:
                raise _refusal("picture_too_large", f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.")
            yield opened
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _refusal("picture_unknown", "This is no JPEG, PNG, WebP, AVIF or GIF picture.") from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise _refusal("picture_broken", "The picture is damaged and can't be read.") from None


def _name(content: bytes, size: tuple[int, int], ending: str) -> str:
    digest = hashlib.sha256(content).hexdigest()[:32]
    return f"{digest[:2]}/{digest[2:4]}/{digest}-{size[0]}x{size[1]}.{ending}"


def encode(image: Image.Image, ending: str, *, original: bool = False) -> bytes:
    """The pixels alone, as sRGB without metadata. `original` spends more bytes than a rendition."""
    plain = _plain(image, ending)
    target = io.BytesIO()
    if ending == "jpg":
        plain.save(target, "JPEG", quality=88, optimize=True, progressive=True)
    elif ending == "png":
        plain.save(target, "PNG", optimize=True)
    elif ending == "webp":
        plain.save(target, "WEBP", quality=90 if original else 80, method=2)
    else:
        plain.save(target, "AVIF", quality=60, speed=8)
    return target.getvalue()


def decode(content: bytes) -> Image.Image:
    """One of our own files."""
    return Image.open(io.BytesIO(content), formats=READ)


def narrowed(image: Image.Image, width: int) -> Image.Image:
    """`image` at `width` pixels, its proportions kept."""
    height = max(1, round(image.height * width / image.width))
    return _plain(image, "webp").resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _ending(image: Image.Image) -> str:
    """JPEG stays JPEG; what may be transparent, drawn or modern is kept where nothing of it is lost."""
    if image.format == "JPEG":
        return "jpg"
    return "png" if image.format in ("PNG", "GIF") else "webp"


def _plain(image: Image.Image, ending: str) -> Image.Image:
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    mode = "RGBA" if see_through and ending != "jpg" else "RGB"
    plain = image if image.mode == mode else image.convert(mode)
    bare = Image.new(mode, plain.size)
    bare.paste(plain)
    return bare


def _refusal(code: str, message: str) -> Refused:
    return invalid(code, message, "picture")

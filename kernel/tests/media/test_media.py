"""Pictures in a folder and in real object storage (moto's S3 server): re-encoded, bounded, named by content, in all widths."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from PIL import Image

from marketry.media import Media
from marketry.problems import Refused
from marketry.testing.servers import free_port


def picture(width: int = 1600, height: int = 1200, format: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    target = io.BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    import httpx

    httpx.put(f"http://{host}:{port}/shop")
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def media(request: pytest.FixtureRequest, make_site: Any) -> Media:
    more = ""
    if request.param == "s3":
        endpoint = request.getfixturevalue("s3")
        more = (
            f'[media]\nurl = "s3://shop/{request.node.name[:8]}"\nendpoint = "{endpoint}"\nregion = "us-east-1"\n'
            'access_key_id = "k"\nsecret_access_key = "s"'
        )
    library: Media = make_site(more=more).media
    return library


def content(media: Media, path: str, accept: str = "") -> tuple[str, Image.Image]:
    found = media.open(path.removeprefix("/media/"), accept)
    assert found is not None
    data = found.path.read_bytes() if found.path else found.content
    assert data is not None
    return found.mime, Image.open(io.BytesIO(data))


def test_a_picture_has_one_name_made_of_its_content_and_its_size(media: Media) -> None:
    name = media.store(picture(), "../../holiday.jpg")

    assert name == media.store(picture(), "other.png")
    assert name[:6] == f"{name[6:8]}/{name[8:10]}/"
    assert name.endswith("-1600x1200.jpg")
    assert media.size(name) == (1600, 1200)
    mime, image = content(media, media.url(name))
    assert (mime, image.format, image.size) == ("image/jpeg", "JPEG", (1600, 1200))


def test_renditions_are_made_once_in_two_formats_and_served_by_what_the_browser_accepts(media: Media) -> None:
    name = media.store(picture())
    waiting = media.open(media.url(name, 640).removeprefix("/media/"), "image/avif,image/webp")
    assert waiting is not None
    assert (waiting.mime, waiting.lasting) == ("image/jpeg", False)

    assert media.make_pending() == 1
    assert media.make_pending() == 0

    for accept, expected in (("image/avif,image/webp,*/*", "image/avif"), ("image/webp", "image/webp")):
        mime, image = content(media, media.url(name, 640), accept)
        assert (mime, image.size) == (expected, (640, 480))
    assert content(media, media.url(name, 640), "image/png")[0] == "image/jpeg"
    assert media.url(name, 5000) == media.url(name)


def test_nothing_of_the_file_survives_but_its_pixels(media: Media) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}  # where it was taken
    exif[0x0112] = 6  # turned by 90 degrees
    name = media.store(picture(800, 600, exif=exif) + b"<script>alert(1)</script>")

    _, image = content(media, media.url(name))
    assert image.size == (600, 800), "upright"
    assert dict(image.getexif()) == {}
    found = media.open(name)
    assert found is not None
    assert b"script" not in (found.path.read_bytes() if found.path else found.content or b"")


def test_transparency_is_kept(media: Media) -> None:
    name = media.store(picture(400, 300, "PNG", "RGBA"))

    assert name.endswith(".png")
    assert content(media, media.url(name))[1].mode == "RGBA"


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"", "picture_unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "picture_unknown"),
        (b"GIF89a", "picture_unknown"),
        (picture(640, 480)[:2000], "picture_broken"),
        (picture(format="TIFF"), "picture_unknown"),
        (picture(8000, 6000, "PNG", "L"), "picture_too_large"),
    ],
    ids=["empty", "svg", "head only", "cut off", "tiff", "48 megapixels"],
)
def test_what_is_no_picture_of_ours_is_refused_and_leaves_nothing(make_site: Any, upload: bytes, code: str) -> None:
    site = make_site()
    with pytest.raises(Refused) as refusal:
        site.media.store(upload)

    (problem,) = refusal.value.problems
    assert (problem.code, problem.field, problem.status) == (code, "picture", 422)
    assert not (site.site.var_dir / "media").exists()


@pytest.mark.parametrize("path", ["../marketry.toml", "pending/x", "aa/bb/../../x.jpg", "", "x" * 90])
def test_only_names_that_store_gave_are_opened(make_site: Any, path: str) -> None:
    assert make_site().media.open(path) is None


def test_from_a_public_address_renditions_are_named_with_their_format(make_site: Any) -> None:
    media = make_site(more='[media]\npublic_url = "https://cdn.example.com/m/"').media
    name = media.store(picture())

    assert media.url(name) == f"https://cdn.example.com/m/{name}"
    assert media.url(name, 640) == f"https://cdn.example.com/m/{name}.640.webp"

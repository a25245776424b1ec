"""Pictures over HTTP: the best rendition that the browser accepts, kept for ever once it is made."""

from io import BytesIO

from PIL import Image

from .conftest import Web


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (1200, 900), "#346").save(file, "JPEG")
    return file.getvalue()


def test_a_picture_is_served_in_the_best_format_accepted_and_for_ever(web: Web) -> None:
    client = web()
    media = client.app.state.runtime.media  # type: ignore[attr-defined]
    name = media.store(picture(), "bowl.jpg")
    original = client.get(media.url(name))
    assert original.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert Image.open(BytesIO(original.content)).size == (1200, 900)

    early = client.get(media.url(name, 320), headers={"Accept": "image/avif,*/*"})
    assert (early.headers["content-type"], early.content) == ("image/jpeg", original.content)
    assert early.headers["cache-control"] == "public, max-age=10"

    media.make_renditions(name)
    for accept, mime in (("image/avif,image/webp,*/*", "image/avif"), ("image/webp,*/*", "image/webp")):
        answer = client.get(media.url(name, 320), headers={"Accept": accept})
        assert (answer.headers["content-type"], answer.headers["vary"]) == (mime, "Accept")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert len(answer.content) < len(original.content)


def test_nothing_but_pictures_is_served(web: Web) -> None:
    client = web()
    (client.app.state.runtime.site.var_dir / "media").mkdir(exist_ok=True)  # type: ignore[attr-defined]
    (client.app.state.runtime.site.var_dir / "media" / "note.txt").write_text("secret")  # type: ignore[attr-defined]
    for path in ("note.txt", "../marketry.toml", "%2e%2e/marketry.toml", "", "aa/bb/zz"):
        assert client.get(f"/media/{path}").status_code == 404


def test_pictures_may_come_from_the_public_address_of_the_media(web: Web) -> None:
    client = web(more='[media]\npublic_url = "https://cdn.example/shop"')
    assert "img-src 'self' https://cdn.example;" in client.get("/healthz").headers["content-security-policy"]

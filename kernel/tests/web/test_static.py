"""Static files: kept for ever under their hash, and packed for browsers that unpack."""

import gzip

from marketry.testing.clients import client_of
from marketry.testing.sites import SiteFactory
from marketry.web.assets import assets_of


def test_texts_are_packed_for_who_can_unpack_and_the_same_for_all(make_site: SiteFactory) -> None:
    runtime = make_site(theme="atelier")
    address = assets_of(runtime).url("atelier/atelier.css")
    with client_of(runtime) as client:
        plain = client.get(address, headers={"accept-encoding": "identity"})
        packed = client.get(address, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9)) < 15_000


def test_fonts_and_pictures_travel_as_they_are(make_site: SiteFactory) -> None:
    runtime = make_site(theme="atelier")
    with client_of(runtime) as client:
        font = client.get(assets_of(runtime).url("atelier/fonts/newsreader.woff2"), headers={"accept-encoding": "gzip"})
    assert font.headers["content-type"] == "font/woff2"
    assert "content-encoding" not in font.headers

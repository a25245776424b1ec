"""What every public page tells search engines: address, languages, name; and that others say they are not to be listed."""

import json
from collections.abc import Mapping

import extruct
import pytest

from marketry.web import Ctx, Router, private, public, render
from marketry.web.moved import Moved
from marketry.web.values import Link, PageTag

from .conftest import Web, plugin

PAGE = '{% extends "shop/layout.html" %}{% block title %}Bowls{% endblock %}{% block description %}Round.{% endblock %}'


def bowls(alternates: Mapping[str, str] | None = None) -> Router:
    router = Router()

    @router.get("/bowls")
    @public
    def show(ctx: Ctx, sort: str = "") -> object:
        return render(ctx, "bowls/page.html", **({"alternates": alternates} if alternates else {}))

    @router.get("/account/bowls")
    @private
    @public
    def mine(ctx: Ctx) -> object:
        return render(ctx, "bowls/page.html")

    return router


def head(text: str) -> str:
    return text.partition("</head>")[0]


def test_a_page_names_its_address_without_query_and_its_languages(web: Web) -> None:
    client = web(plugin("bowls", bowls({"en": "/bowls", "zh": "/碗"})), templates={"bowls/page.html": PAGE})
    text = head(client.get("/bowls?utm_source=x&sort=new").text)
    assert '<link rel="canonical" href="http://testserver/bowls">' in text
    assert [line.partition("hreflang=")[2] for line in text.splitlines() if "hreflang" in line] == [
        '"en" href="http://testserver/bowls">', '"zh-Hans" href="http://testserver/zh/%E7%A2%97">',
        '"x-default" href="http://testserver/bowls">',
    ]  # fmt: skip


def test_previews_are_told_title_description_and_language(web: Web) -> None:
    client = web(plugin("bowls", bowls()), templates={"bowls/page.html": PAGE})
    found = dict(extruct.extract(client.get("/zh/bowls").text, syntaxes=["opengraph"])["opengraph"][0]["properties"])
    assert {key: found[key] for key in ("og:title", "og:description", "og:url", "og:locale", "og:type")} == {
        "og:title": "Bowls", "og:description": "Round.", "og:url": "http://testserver/zh/bowls", "og:locale": "zh_CN",
        "og:type": "website",
    }  # fmt: skip


def test_a_plugins_tag_takes_the_place_of_the_kernels(web: Web) -> None:
    own = [PageTag("link", {"rel": "canonical", "href": "/x"}), PageTag("meta", {"property": "og:type", "content": "product"})]
    client = web(plugin("bowls", bowls(), page_tags=lambda: own), templates={"bowls/page.html": PAGE})
    text = head(client.get("/bowls").text)
    assert (text.count('rel="canonical"'), text.count('property="og:type"')) == (1, 1)
    assert '<link rel="canonical" href="/x">' in text


@pytest.mark.parametrize("path", ["/account/bowls", "/nowhere"])
def test_personal_pages_and_errors_are_not_to_be_listed(web: Web, path: str) -> None:
    client = web(plugin("bowls", bowls()), templates={"bowls/page.html": PAGE})
    text = head(client.get(path).text)
    assert '<meta name="robots" content="noindex">' in text
    assert "canonical" not in text
    assert "hreflang" not in text


def test_the_chooser_of_languages_keeps_the_page_and_what_it_understands_of_the_query(web: Web) -> None:
    client = web(plugin("bowls", bowls({"en": "/bowls", "zh": "/碗"})), templates={"bowls/page.html": PAGE})
    text = client.get("/bowls?sort=new&evil=%22x").text
    assert 'href="/zh/%E7%A2%97?sort=new"' in text
    assert "evil" not in text.partition('<nav class="languages"')[2].partition("</nav>")[0]


def test_the_home_page_says_whose_shop_it_is(web: Web) -> None:
    router = Router()

    @router.get("/")
    @public
    def home(ctx: Ctx) -> object:
        return render(ctx, "bowls/page.html")

    table = '[organisation]\nlogo = "/media/logo.png"\nsame_as = ["https://example.com/kiln"]\nemail = "a@example.com"'
    client = web(plugin("bowls", router), templates={"bowls/page.html": PAGE}, more=table)
    (found,) = extruct.extract(client.get("/").text, syntaxes=["json-ld"])["json-ld"]
    assert found == {
        "@context": "https://schema.org", "@type": "Organization", "name": "Test shop", "url": "http://testserver/",
        "logo": "http://testserver/media/logo.png", "sameAs": ["https://example.com/kiln"], "email": "a@example.com",
    }  # fmt: skip
    assert json.dumps(found)


def test_a_plugin_may_know_where_an_address_went(web: Web) -> None:
    asked: list[str] = []

    def missing(path: str) -> Moved | None:
        asked.append(path)
        return {"/old": Moved("/new#x", 302), "/gone": Moved(status=410)}.get(path)

    client = web(plugin("bowls", bowls(), missing=missing))
    client.follow_redirects = False
    answer = client.get("/zh/old?a=1")
    assert (answer.status_code, answer.headers["location"]) == (302, "/new?a=1#x")
    assert (client.get("/gone").status_code, client.get("/other").status_code) == (410, 404)
    assert client.get("/old", headers={"Accept": "application/json"}).status_code == 404
    for path in ("/admin/old", "/api/v1/old", "/account/old", "/static/old"):
        client.get(path)
    client.post("/old")
    assert asked == ["/old", "/gone", "/other"]


def test_a_plugin_that_fails_to_know_leaves_a_404(web: Web) -> None:
    def missing(path: str) -> Moved | None:
        raise RuntimeError(path)

    assert web(plugin("bowls", missing=missing)).get("/old").status_code == 404


def test_plugins_link_pages_in_the_footer(web: Web) -> None:
    links = [Link("Good to know", "", (Link("Returns", "/policies/returns"),)), Link("Imprint", "/pages/imprint")]
    client = web(plugin("bowls", bowls(), footer_links=lambda: links), templates={"bowls/page.html": PAGE})
    footer = client.get("/bowls").text.partition("<footer")[2]
    assert '<a href="/policies/returns">Returns</a>' in footer
    assert footer.index("Good to know") < footer.index("Returns") < footer.index('<a href="/pages/imprint">Imprint</a>')

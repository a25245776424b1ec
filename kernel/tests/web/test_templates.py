"""Layers, fragments, globals: how pages are drawn."""

from pathlib import Path

import pytest
from jinja2 import TemplateNotFound
from markupsafe import Markup

from marketry.plugins.failures import Fault
from marketry.testing.sites import SiteFactory
from marketry.web import Ctx, Router, render, render_text
from marketry.web.app import create_app
from marketry.web.layers import Layer
from marketry.web.slots import catalogue, draw
from marketry.web.templates import LayeredLoader, templates_of
from marketry.web.values import PageTag, SlotFill

from .conftest import Web, plugin, write_templates

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
PAGE = """{% import "ui/bits.html" as ui %}{% set word = "bowl" %}
<h1>Bowls</h1>{% block list %}<ul><li>{{ name }} {{ word }}</li></ul>{% endblock %}"""


def layers(folder: Path, *names: str) -> tuple[Layer, ...]:
    return tuple(Layer(name, "theme", folder / name) for name in names)


def test_the_strongest_layer_wins_and_an_exclamation_mark_means_the_next_one_down(tmp_path: Path) -> None:
    for layer in ("site", "child", "parent", "plugin"):
        write_templates(tmp_path / layer / "templates", {"x.html": f"{layer}"})
    (tmp_path / "child" / "templates" / "x.html").unlink()
    loader = LayeredLoader(layers(tmp_path, "site", "child", "parent", "plugin"), watch=False)
    found = [loader.find(name).read_text() for name in ("x.html", "!x.html", "!!x.html")]
    assert found == ["site", "parent", "plugin"]
    with pytest.raises(TemplateNotFound, match="is in none of the layers"):
        loader.find("!!!x.html")


@pytest.mark.parametrize("name", ["../secret.txt", "a/../../secret.txt", "/etc/passwd"])
def test_a_template_never_lies_outside_its_layers(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    write_templates(tmp_path / "site" / "templates", {"a/x.html": ""})
    with pytest.raises(TemplateNotFound):
        LayeredLoader(layers(tmp_path, "site"), watch=False).find(name)


def test_a_template_extends_itself_one_layer_down(make_site: SiteFactory, tmp_path: Path) -> None:
    runtime = make_site()
    write_templates(tmp_path / "site" / "templates", {
        "errors/404.html": '{% extends "!errors/404.html" %}{% block text %}Ours. {{ super() }}{% endblock %}',
    })  # fmt: skip
    text = render_text(runtime.context(), "errors/404.html", "text")
    assert text.startswith("Ours. <p")


def test_an_htmx_request_gets_the_named_fragment_with_what_its_template_sets(web: Web, router: Router) -> None:
    @router.get("/bowls")
    def show(ctx: Ctx) -> object:
        return render(ctx, "bowls/list.html", fragment="list", name="<Rice>")

    client = web(plugin("bowls", router), templates={"bowls/list.html": PAGE})
    fragment = "<ul><li>&lt;Rice&gt; bowl</li></ul>"
    assert client.get("/bowls", headers=PARTIAL).text == fragment
    whole = client.get("/bowls").text
    assert "<h1>Bowls</h1>" in whole
    assert fragment in whole
    assert client.get("/bowls", headers={"HX-Request": "true", "HX-Request-Type": "full"}).text == whole


def test_everything_but_txt_is_escaped(make_site: SiteFactory, tmp_path: Path) -> None:
    runtime = make_site()
    names = ("a.html", "a.xml", "a.svg", "a", "a.txt")
    write_templates(tmp_path / "site" / "templates", {f"x/{name}": "{{ v }}" for name in names})
    drawn = {name: render_text(runtime.context(), f"x/{name}", v="<") for name in names}
    assert drawn == {"a.html": "&lt;", "a.xml": "&lt;", "a.svg": "&lt;", "a": "&lt;", "a.txt": "<"}


def test_globals_speak_the_language_of_the_drawing(make_site: SiteFactory, tmp_path: Path) -> None:
    runtime = make_site()
    write_templates(tmp_path / "site" / "templates", {"x.txt": "{{ _('This is required.') }} {{ url('/cart') }}"})
    drawn = [render_text(runtime.context(locale=locale), "x.txt") for locale in ("en", "zh")]
    assert drawn == ["This is required. /cart", "此项必填。 /zh/cart"]


def test_a_misspelt_variable_is_an_error_not_a_blank(make_site: SiteFactory, tmp_path: Path) -> None:
    runtime = make_site()
    write_templates(tmp_path / "site" / "templates", {"x.html": "{{ prodcut }}"})
    with pytest.raises(Exception, match="'prodcut' is undefined"):
        render_text(runtime.context(), "x.html")


def test_bytecode_is_kept_and_files_are_not_looked_at_again(make_site: SiteFactory, tmp_path: Path) -> None:
    runtime = make_site()
    write_templates(tmp_path / "site" / "templates", {"x.html": "one"})
    assert render_text(runtime.context(), "x.html") == "one"
    write_templates(tmp_path / "site" / "templates", {"x.html": "two"})
    assert render_text(runtime.context(), "x.html") == "one"
    assert list((runtime.site.var_dir / "templates").glob("*.cache"))
    assert templates_of(runtime).environment.auto_reload is False


def test_under_reload_a_changed_template_is_seen(make_site: SiteFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETRY_RELOAD", "1")
    runtime = make_site()
    for text in ("one", "two, longer"):
        write_templates(tmp_path / "site" / "templates", {"x.html": text})
        assert render_text(runtime.context(), "x.html") == text


def test_a_slot_draws_its_fills_in_order_and_one_that_raises_draws_nothing(web: Web, router: Router) -> None:
    def breaks(ctx: object, product: str) -> Markup:
        raise ZeroDivisionError

    fills = [
        SlotFill("bowls.below", render=lambda ctx, product: Markup("<b>{}</b>").format(product)),
        SlotFill("bowls.below", render=breaks),
        SlotFill("bowls.below", template="stars/fill.html"),
        SlotFill("bowls.below", render=lambda ctx, product: "<plain>"),
        SlotFill("bowls.below", render=lambda ctx, product: None),
    ]

    @router.get("/bowls")
    def show(ctx: Ctx) -> object:
        return render(ctx, "bowls/page.html", product="R&B")

    client = web(
        plugin("bowls", router, manifest={"declares_slots": {"bowls.below": "below a bowl; product"}}),
        plugin("stars", slots=lambda: fills, manifest={"after": ("bowls",)}),
        templates={"bowls/page.html": '{{ slot("bowls.below", product=product) }}', "stars/fill.html": "<i>{{ product }}</i>"},
    )
    drawn = "<b>R&amp;B</b><i>R&amp;B</i>&lt;plain&gt;"
    assert [client.get("/bowls").text for _ in range(7)] == [drawn] * 7


def test_a_slot_of_a_list_asks_each_fill_once_for_all_items_and_one_that_raises_draws_nothing(web: Web, router: Router) -> None:
    asked: list[list[str]] = []

    def stars(ctx: object, items: list[str]) -> list[Markup | None]:
        asked.append(list(items))
        return [None if item == "plate" else Markup("<b>{}</b>").format(item) for item in items]

    def breaks(ctx: object, items: object) -> list[Markup]:
        raise ZeroDivisionError

    fills = [
        SlotFill("bowls.card", render=stars),
        SlotFill("bowls.card", render=breaks),
        SlotFill("bowls.card", template="stars/fill.html"),
    ]

    @router.get("/bowls")
    def show(ctx: Ctx) -> object:
        return render(ctx, "bowls/page.html", bowls=["R&B", "plate"])

    client = web(
        plugin("bowls", router, manifest={"declares_slots": {"bowls.card": "on each card; items"}}),
        plugin("stars", slots=lambda: fills, manifest={"after": ("bowls",)}),
        templates={"bowls/page.html": '{{ slot_each("bowls.card", bowls)|join("|") }}', "stars/fill.html": "<i>{{ item }}</i>"},
    )
    assert client.get("/bowls").text == "<b>R&amp;B</b><i>R&amp;B</i>|<i>plate</i>"
    assert asked == [["R&B", "plate"]]


def test_a_steady_fill_is_drawn_once_per_language_and_for_nobody(make_site: SiteFactory, tmp_path: Path) -> None:
    write_templates(tmp_path / "site" / "templates", {"x.html": "{{ ctx.request }} {{ _('Menu') }} {{ counted() }}"})
    fill = SlotFill("shop.footer", template="x.html", steady=True)
    runtime = make_site(extra=[plugin("bowls", slots=lambda: [fill])], locales=["en", "zh"])
    turns = iter(range(10))
    templates_of(runtime).environment.globals["counted"] = lambda: next(turns)
    drawn = [draw(runtime.context(locale=locale), "shop.footer", {}) for locale in ("en", "zh", "en")]
    assert drawn == ["None Menu 0", "None 菜单 1", "None Menu 0"]


def test_a_fill_that_keeps_failing_is_switched_off_and_shown_to_staff(web: Web, router: Router) -> None:
    calls: list[int] = []

    def breaks(ctx: object) -> Markup:
        calls.append(1)
        raise ZeroDivisionError

    @router.get("/bowls")
    def show(ctx: Ctx) -> object:
        return render(ctx, "bowls/page.html")

    client = web(
        plugin("bowls", router, slots=lambda: [SlotFill("shop.footer", render=breaks)]),
        templates={"bowls/page.html": '{{ slot("shop.footer") }}ok'},
    )
    assert {client.get("/bowls").text for _ in range(10)} == {"ok"}
    assert len(calls) == 5
    switched = client.app.state.runtime.hooks.switched_off  # type: ignore[attr-defined]
    assert [(off.plugin, off.hook) for off in switched] == [("bowls", "slot shop.footer")]


def test_an_unknown_slot_is_a_fault_that_lists_those_there_are(make_site: SiteFactory) -> None:
    runtime = make_site(extra=[plugin("stars", slots=lambda: [SlotFill("product.below_prize", template="x.html")])])
    with pytest.raises(Fault) as caught:
        create_app(runtime)
    assert caught.value.plugin == "stars"
    assert "'product.below_prize'" in str(caught.value)
    assert all(name in str(caught.value) for name in catalogue(runtime))


def test_page_tags_cant_break_out_of_the_head(web: Web, router: Router) -> None:
    tags = [
        PageTag("meta", {"name": "description", "content": '"><script>'}),
        PageTag("script", json={"name": "</script><script>alert(1)</script>"}),
    ]
    seen: list[str] = []

    def page_tags(view: str, values: object) -> list[PageTag]:
        seen.append(view)
        return tags

    @router.get("/bowls")
    def show(ctx: Ctx) -> object:
        return render(ctx, "bowls/page.html", fragment="main")

    page = "{{ page_tags() }}{% block main %}x{% endblock %}"
    client = web(plugin("bowls", router, page_tags=page_tags), templates={"bowls/page.html": page})
    name = "\\u003c/script\\u003e\\u003cscript\\u003ealert(1)\\u003c/script\\u003e"
    assert client.get("/bowls").text.endswith(
        '<meta name="description" content="&#34;&gt;&lt;script&gt;">\n'
        f'<script type="application/ld+json">{{"name":"{name}"}}</script>x'
    )
    client.get("/bowls", headers=PARTIAL)
    assert seen == ["bowls/page.html"]


KEPT = (
    "{%- macro tag(price, sold) %}<b>{{ _('Menu') }} {{ price }}{{ ' ' ~ counted() }}{{ ' sold' if sold }}</b>{% endmacro %}"
    "{% macro leaking() %}{{ slot('shop.footer') }}{% endmacro -%}"
)


def test_a_kept_piece_is_drawn_once_for_the_same_values_and_again_for_others_or_in_another_language(
    make_site: SiteFactory, tmp_path: Path
) -> None:
    write_templates(
        tmp_path / "site" / "templates",
        {"x.html": KEPT + "{{ kept(tag, '<1>', false) }}{{ kept(tag, '<1>', false) }}{{ kept(tag, '<1>', true) }}"},
    )
    runtime = make_site(locales=["en", "zh"])
    turns = iter(range(10))
    templates_of(runtime).environment.globals["counted"] = lambda: next(turns)
    page = "<b>Menu &lt;1&gt; 0</b><b>Menu &lt;1&gt; 0</b><b>Menu &lt;1&gt; 1 sold</b>"
    assert render_text(runtime.context(), "x.html") == page
    chinese = render_text(runtime.context(locale="zh"), "x.html")
    assert chinese == page.replace("Menu", "菜单").replace(" 1 ", " 3 ").replace(" 0<", " 2<")


def test_a_kept_piece_is_drawn_for_nobody_and_has_no_slots(make_site: SiteFactory, tmp_path: Path) -> None:
    write_templates(tmp_path / "site" / "templates", {"x.html": KEPT + "{{ kept(leaking) }}"})
    with pytest.raises(TypeError, match=r"slot\('shop.footer'\) in a piece that is kept"):
        render_text(make_site().context(), "x.html")

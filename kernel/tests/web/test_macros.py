"""The macros that pages are made of: what they tell people who don't see the page, and what they leave out."""

from hashlib import blake2b
from typing import Protocol

import pytest
from markupsafe import Markup

from marketry.commerce.money import Money
from marketry.problems import Problem
from marketry.testing.sites import SiteFactory
from marketry.web.templates import LayeredEnvironment, templates_of
from marketry.web.values import Page

IMPORTS = '{% import "ui/form.html" as f %}{% import "ui/bits.html" as ui %}'


class Draw(Protocol):
    def __call__(self, source: str, locale: str = "en", **values: object) -> str: ...


@pytest.fixture
def draw(make_site: SiteFactory) -> Draw:
    """Draws a piece of a template that has the macros, on one line."""
    runtime = make_site(migrate=False)
    folder = runtime.site.dir / "templates"
    folder.mkdir()

    def draw(source: str, locale: str = "en", **values: object) -> str:
        name = f"{blake2b(source.encode(), digest_size=8).hexdigest()}.html"
        (folder / name).write_text(IMPORTS + source, "utf-8")
        return " ".join(templates_of(runtime).page(runtime.context(locale=locale), name, values).split())

    return draw


def test_a_field_is_tied_to_its_label_hint_and_error(draw: Draw) -> None:
    source = '{{ f.field("address.city", "City", value="<b>", hint="Town", error=p, required=true) }}'
    html = draw(source, p=Problem("x", "Too <long>"))
    assert '<label class="field__label" for="f-address-city">City</label>' in html
    assert 'id="f-address-city" name="address.city" type="text" value="&lt;b&gt;" required aria-invalid="true"' in html
    assert 'aria-describedby="f-address-city-hint f-address-city-error"' in html
    assert '<p class="field__error" id="f-address-city-error">Too &lt;long&gt;</p>' in html


def test_a_password_is_never_shown_again(draw: Draw) -> None:
    assert "secret" not in draw('{{ f.field("key", "Key", type="password", value="secret") }}')


def test_the_summary_of_errors_links_to_the_fields_and_names_them(draw: Draw) -> None:
    problems = (Problem("required", "This is required.", "shipping/city"), Problem("closed", "We are closed."))
    html = draw('{{ f.errors(problems, labels={"shipping/city": "City"}) }}', problems=problems)
    assert '<a href="#f-shipping-city">City: This is required.</a>' in html
    assert "<li>We are closed.</li>" in html
    assert draw("{{ f.errors(()) }}") == ""


def test_the_chosen_option_is_found_by_its_text_also_in_a_group(draw: Draw) -> None:
    html = draw('{{ f.select("n", "N", [(1, "one"), ("more", [(2, "two")])], "2") }}')
    assert '<option value="1">one</option><optgroup label="more"><option value="2" selected>two</option></optgroup>' in html


def test_a_pager_keeps_the_filters_and_is_not_drawn_for_one_page(draw: Draw) -> None:
    html = draw('{{ ui.pager(page, "/orders?status=paid") }}', page=Page((), next_cursor="a+b"))
    assert 'rel="next" href="/orders?status=paid&amp;cursor=a%2Bb"' in html
    assert 'rel="prev"' not in html
    assert draw('{{ ui.pager(page, "/orders") }}', page=Page(())) == ""


def test_a_reduced_price_says_so_to_people_who_do_not_see_the_line_through_it(draw: Draw) -> None:
    prices = {"now": Money(2800, "USD"), "before": Money(3200, "USD")}
    assert "Reduced to </span>" in draw("{{ ui.price(now, before) }}", **prices)
    assert '现价 </span><span class="price__now">US$28.00</span>' in draw("{{ ui.price(now, before) }}", "zh", **prices)
    assert "Reduced" not in draw("{{ ui.price(now) }}", **prices)


def test_steps_link_back_and_not_forward(draw: Draw) -> None:
    html = draw('{{ ui.steps([("a", "Address", "/a"), ("b", "Delivery", "/b"), ("c", "Payment", "/c")], "b") }}')
    assert '<a href="/a">Address</a>' in html
    assert 'aria-current="step"><span>Delivery</span>' in html
    assert "/c" not in html


@pytest.mark.parametrize(
    ("template", "parent", "asked"),
    [
        ("!shop/layout.html", "shop/layout.html", "!shop/layout.html"),
        ("!shop/layout.html", "!shop/layout.html", "!!shop/layout.html"),
        ("!shop/layout.html", "catalog/home.html", "!shop/layout.html"),
        ("shop/layout.html", "!catalog/home.html", "shop/layout.html"),
    ],
)
def test_the_layer_below_is_below_the_one_that_asks(template: str, parent: str, asked: str) -> None:
    """So a site extends its theme by the same words as the theme extends the kernel."""
    assert LayeredEnvironment().join_path(template, parent) == asked


def test_markup_of_callers_stays_markup(draw: Draw) -> None:
    assert "<b>x</b>" in draw('{{ ui.empty("T", "", action) }}', action=Markup("<b>x</b>"))

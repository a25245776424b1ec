"""A theme's settings, as a stylesheet of the site."""

from marketry.testing.clients import client_of
from marketry.testing.sites import SiteFactory


def test_without_settings_of_its_own_a_site_loads_no_further_stylesheet(make_site: SiteFactory) -> None:
    with client_of(make_site(theme="atelier")) as client:
        assert "/theme.css" not in client.get("/nothing").text
        assert client.get("/theme.css").status_code == 404


def test_a_colour_that_the_merchant_sets_reaches_the_page(make_site: SiteFactory) -> None:
    runtime = make_site(theme="atelier", more='[settings.atelier]\naccent = "#2F4F4F"\n')
    with client_of(runtime) as client:
        page = client.get("/nothing").text
        address = page.partition('href="/theme.css?v=')[2].partition('"')[0]
        answer = client.get(f"/theme.css?v={address}")
    assert len(address) == 12
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "--accent-light: #2f4f4f;" in answer.text
    assert "--paper" not in answer.text


def test_the_environment_wins_over_the_file(make_site: SiteFactory) -> None:
    runtime = make_site(
        theme="atelier", more='[settings.atelier]\nink = "#111111"\n', environ={"MARKETRY_ATELIER__INK": "#222222"}
    )
    with client_of(runtime) as client:
        assert "--ink-light: #222222;" in client.get("/theme.css").text


def test_a_colour_that_is_none_is_no_reason_to_show_no_page(make_site: SiteFactory) -> None:
    runtime = make_site(theme="atelier", more='[settings.atelier]\naccent = "red; } body { display: none"\n')
    with client_of(runtime) as client:
        page = client.get("/nothing")
        assert page.status_code == 404
        assert "/theme.css" not in page.text
        assert client.get("/theme.css").status_code == 404


def test_a_site_extends_its_theme_which_extends_the_kernel(make_site: SiteFactory) -> None:
    runtime = make_site(theme="atelier")
    layout = runtime.site.dir / "templates" / "shop" / "layout.html"
    layout.parent.mkdir(parents=True)
    layout.write_text('{% extends "!shop/layout.html" %}{% block announcement %}<p>Closed today</p>{% endblock %}')
    with client_of(runtime) as client:
        page = client.get("/nothing").text
    assert "<p>Closed today</p>" in page
    assert '<footer class="site-footer">' in page
    assert '<a class="skip-link" href="#main">' in page

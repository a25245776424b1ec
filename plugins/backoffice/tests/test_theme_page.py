"""Staff choose the shop's colours and type, see how well they can be read, and look before they save."""

import pytest
from plugins.backoffice.tests.staff_client import signed_in, token_in

from marketry.testing.clients import client_of
from marketry_backoffice.contrast import contrast

PAGE = "/admin/design/theme"


@pytest.fixture
def shop(make_site):
    return make_site("backoffice", theme="atelier")


@pytest.fixture
def staff(shop):
    return signed_in(shop)


def send(client, path, **fields):
    return client.post(path, data={"csrf_token": token_in(client.get(PAGE).text), **fields}, follow_redirects=False)


def fields(**changed):
    from marketry_theme_atelier.settings import AtelierSettings

    return {**AtelierSettings().model_dump(mode="json"), **changed}


def test_black_on_white_is_twenty_one_and_a_colour_on_itself_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#8a4f35", "#8a4f35") == 1


def test_saved_colours_reach_the_shop_and_what_wasnt_changed_is_not_saved(shop, staff):
    assert send(staff, PAGE, **fields(accent="#2F4F4F", titles="sans")).status_code == 303
    assert shop.saved.of("atelier") == {"accent": "#2f4f4f", "titles": "sans"}
    page = client_of(shop).get("/nothing").text
    sheet = client_of(shop).get("/theme.css" + page.partition('href="/theme.css')[2].partition('"')[0]).text
    assert "--accent-light: #2f4f4f;" in sheet
    assert "--titles: var(--sans);" in sheet
    assert "--paper" not in sheet


def test_too_little_contrast_is_said(staff):
    assert "Too little" not in staff.get(PAGE).text
    send(staff, PAGE, **fields(ink="#d0c8bc"))
    assert staff.get(PAGE).text.count("Too little") == 2


def test_a_preview_shows_what_is_typed_and_saves_nothing(shop, staff):
    page = send(staff, f"{PAGE}/preview", **fields(paper="#ffeeee"))
    address = page.text.partition('href="/admin/design/theme/preview.css?')[2].partition('"')[0].replace("&amp;", "&")
    assert "--paper-light: #ffeeee;" in staff.get(f"{PAGE}/preview.css?{address}").text
    assert shop.saved.of("atelier") == {}


@pytest.mark.parametrize(("name", "value"), [("accent", "red; } body { display: none"), ("corners", "spiky")])
def test_what_is_no_colour_or_choice_is_refused(shop, staff, name, value):
    assert send(staff, PAGE, **fields(**{name: value})).status_code == 422
    assert send(staff, f"{PAGE}/preview", **fields(**{name: value})).status_code == 422
    assert staff.get(f"{PAGE}/preview.css", params={name: value}).status_code == 422
    assert shop.saved.of("atelier") == {}


def test_all_that_was_saved_is_forgotten_together(shop, staff):
    send(staff, PAGE, **fields(accent="#2f4f4f"))
    send(staff, PAGE, reset="1")
    assert shop.saved.of("atelier") == {}


def test_another_theme_is_chosen_and_the_page_says_how_it_comes(shop, staff):
    assert "The shop changes to" not in staff.get(PAGE).text
    assert send(staff, f"{PAGE}/choose", theme="noir").status_code == 303
    assert shop.saved.of("site")["theme"] == "noir"
    page = staff.get(PAGE).text
    assert "The shop changes to Noir: marketry run replaces its processes one by one, within seconds." in page
    assert 'value="noir" required checked' in page or 'value="noir" checked' in page
    assert send(staff, f"{PAGE}/choose", theme="nowhere").status_code == 422


def test_a_theme_that_the_environment_sets_is_not_offered_for_change(make_site):
    staff = signed_in(make_site("backoffice", theme="atelier", environ={"MARKETRY_THEME": "atelier"}))
    page = staff.get(PAGE).text
    assert "The theme is set in the environment (MARKETRY_THEME)." in page
    assert 'action="/admin/design/theme/choose"' not in page


def test_who_may_not_change_settings_changes_no_theme(shop):
    reader = signed_in(shop, permissions=["backoffice.plugin.read"], email="reader@example.com")
    page = reader.get(PAGE)
    assert page.status_code == 200
    assert 'action="/admin/design/theme/choose"' not in page.text
    answer = reader.post(PAGE, data={"csrf_token": token_in(page.text), **fields(accent="#2f4f4f")})
    assert answer.status_code == 403

"""An invitation on the home page leads to registration with the address that was typed."""

from marketry.testing.clients import visitor_of

SECTION = """
[[settings.catalog.home_sections]]
id = "letters"
kind = "newsletter"
values = {title = {en = "When the kiln is opened"}}
"""


def test_the_address_that_is_typed_stands_in_the_form_of_registration(make_site):
    client = visitor_of(make_site("catalog", "backoffice", "users", more=SECTION))
    page = client.get("/").text
    assert "When the kiln is opened" in page
    assert '<form class="strip__form" method="get" action="/account/register">' in page
    registration = client.get("/account/register", params={"email": "ada@example.com"}).text
    assert 'value="ada@example.com"' in registration

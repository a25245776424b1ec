"""A band on the home page asks for an address and has it confirmed by mail."""

from marketry.testing.clients import visitor_of

SECTION = """
[[settings.catalog.home_sections]]
id = "letters"
kind = "newsletter"
values = {title = {en = "When the kiln is opened"}}
"""


def test_the_address_that_is_typed_is_mailed_to(make_site):
    client = visitor_of(make_site("catalog", "backoffice", "users", more=SECTION))
    page = client.get("/").text
    assert "When the kiln is opened" in page
    assert '<form class="strip__form" method="post" action="/newsletter">' in page
    assert "A mail is on its way to ada@example.com" in client.post("/newsletter", data={"email": "ada@example.com"}).text

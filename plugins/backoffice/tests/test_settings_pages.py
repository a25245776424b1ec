"""Plugins' settings: a form out of the schema, the source of each value, what is saved and what is never shown."""

import re
from typing import Literal

import pytest
from plugins.backoffice.tests.staff_client import post, signed_in
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import select

from marketry.audit import AuditRow
from marketry.plugins.manifest import Plugin
from marketry.settings.tables import Setting
from marketry.testing import inline_plugin


class Nested(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    host: str = Field("", title="Host")
    port: int = Field(25, ge=1, le=65535, title="Port")


class Everything(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    title: str = Field("Hello", max_length=20, title="Title", description="What visitors read.")
    days: int = Field(3, ge=1, le=9, title="Days")
    open: bool = Field(True, title="Open")
    key: SecretStr = Field(SecretStr(""), title="Key")
    words: list[str] = Field(default_factory=list, title="Words")
    fees: dict[str, int] = Field(default_factory=dict, title="Fees")
    server: Nested = Field(default_factory=Nested, title="Server")
    hosts: dict[str, Nested] = Field(default_factory=dict, title="Hosts")


PLUGIN = inline_plugin(Plugin(id="all", title="Everything", settings=Everything))
FORM = {"title": "Hello", "days": "3", "open": "1", "words": "", "server.host": "", "server.port": "25"}


@pytest.fixture
def site(make_site, database):
    more = '[settings.all]\ndays = 4\ntitle = "From the file"'
    return make_site("backoffice", extra=[PLUGIN], more=more, environ={"MARKETRY_ALL__TITLE": "From outside"})


def save(client, **fields):
    form = {**FORM, "days": "4", **{name.replace("__", "."): value for name, value in fields.items()}}
    return post(client, "/admin/plugins/all/settings", form_on="/admin/plugins/all", **form)


def stored(runtime):
    with runtime.context().reading() as session:
        rows = session.execute(select(Setting.name, Setting.value).where(Setting.owner == "all").order_by(Setting.name))
        return {row.name: row.value for row in rows}


def sources(page):
    return re.findall(r"Source: ([a-z.]+)", page.text)


def test_the_source_of_each_value_is_shown(site):
    client = signed_in(site)
    save(client, open="")
    page = client.get("/admin/plugins/all")
    assert sources(page) == ["environment", "marketry.toml", "database", "default", "default", "default", "default", "default"]
    assert "MARKETRY_ALL__TITLE" in page.text
    field = page.text.split('name="title"')[1].partition(">")[0]
    assert ('value="From outside"' in field, "disabled" in field) == (True, True)


def test_only_what_was_changed_is_saved_and_it_holds_at_once(site):
    client = signed_in(site)
    assert save(client, days="5", words="one\n\n two ", **{"fees.0._key": "EUR", "fees.0.value": "250"}).status_code == 200
    assert stored(site) == {"days": 5, "fees": {"EUR": 250}, "words": ["one", "two"]}
    settings = site.context().settings(Everything)
    assert (settings.days, settings.words, settings.fees, settings.title) == (5, ["one", "two"], {"EUR": 250}, "From outside")


def test_nested_tables_are_filled_row_by_row(site):
    client = signed_in(site)
    rows = {"hosts.0._key": "a", "hosts.0.host": "mail", "hosts.0.port": "587", "hosts.1._key": "", "hosts.1.host": ""}
    assert save(client, **rows, server__host="smtp").status_code == 200
    assert stored(site) == {"hosts": {"a": {"host": "mail", "port": 587}}, "server": {"host": "smtp", "port": 25}}
    page = client.get("/admin/plugins/all").text
    assert 'name="hosts.0._key" type="text" value="a"' in page
    assert 'name="hosts.0.port" type="text" value="587"' in page
    assert 'name="hosts.1._key" type="text">' in page


def test_a_secret_is_sealed_never_shown_and_kept_when_left_empty(site):
    client = signed_in(site)
    save(client, key="s3cr3t-value")
    assert "s3cr3t-value" not in str(stored(site)["key"])
    assert site.context().settings(Everything).key.get_secret_value() == "s3cr3t-value"
    page = client.get("/admin/plugins/all")
    assert "s3cr3t-value" not in page.text
    assert "A value is set; it is never shown." in page.text
    save(client, key="", days="6")
    assert site.context().settings(Everything).key.get_secret_value() == "s3cr3t-value"
    with site.context().reading() as session:
        trail = session.execute(select(AuditRow.subject, AuditRow.details)).all()
    assert "s3cr3t-value" not in str(trail)
    assert ("plugin:all", {"fields": {"key": "(secret)"}}) in [tuple(row) for row in trail]


def test_what_was_saved_can_be_forgotten(site):
    client = signed_in(site)
    save(client, days="7")
    assert site.context().settings(Everything).days == 7
    save(client, days="7", forget="days")
    assert stored(site) == {}
    assert site.context().settings(Everything).days == 4


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"days": "0"}, "days"),
        ({"days": "ten"}, "days"),
        ({"days": "1e1"}, "days"),
        ({"server__port": "99999"}, "server.port"),
        ({"fees.0._key": "EUR", "fees.0.value": "4.5"}, "fees"),
        ({"nothing": "1"}, None),
    ],
)
def test_what_does_not_fit_is_refused_by_field_and_nothing_is_saved(site, fields, field):
    client = signed_in(site)
    answer = save(client, open="", **fields)
    if field is None:  # an input that is no setting changes nothing
        assert (answer.status_code, stored(site)) == (200, {"open": False})
        return
    assert answer.status_code == 422
    assert "field__error" in answer.text or "errors__list" in answer.text
    assert f"#f-{field.replace('.', '-')}" in answer.text
    assert stored(site) == {}


def test_enabling_lists_the_plugin_with_what_it_requires_and_disabling_takes_it_off(make_site, database):
    site = make_site("backoffice")
    client = signed_in(site)
    answer = post(client, "/admin/plugins/shipping/enable")
    assert (answer.status_code, answer.url.path) == (200, "/admin/plugins")
    assert "runs after a restart" in answer.text
    assert site.listed == ("backoffice", "shipping")
    post(client, "/admin/plugins/shipping/disable")
    assert site.listed == ("backoffice",)
    with site.context().reading() as session:
        actions = session.scalars(select(AuditRow.action).where(AuditRow.subject == "plugin:shipping")).all()
    assert actions == ["backoffice.plugin.enabled", "backoffice.plugin.disabled"]


def test_a_plugin_in_quarantine_is_shown_with_reason_and_mend(make_site):
    needy = inline_plugin(Plugin(id="needy", title="Needy", requires={"absent": ">=1"}))
    site = make_site("backoffice", extra=[needy])
    client = signed_in(site)
    for path in ("/admin", "/admin/plugins", "/admin/plugins/needy"):
        page = client.get(path).text
        assert "it requires the plugin absent &gt;=1, which is not enabled" in page, path
    assert "marketry plugin enable absent" in page


def test_a_plugin_that_nobody_offers_is_not_found(site):
    assert signed_in(site).get("/admin/plugins/nothing").status_code == 404


class Bell(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    tone: Literal["soft", "very_loud"] = Field(
        "soft", title="Tone", json_schema_extra={"choices": {"soft": "Hardly to be heard"}}
    )


def test_a_choice_is_offered_in_the_words_of_its_schema_or_those_of_its_value(make_site, database):
    client = signed_in(make_site("backoffice", extra=[inline_plugin(Plugin(id="bell", title="Bell", settings=Bell))]))
    offered = client.get("/admin/plugins/bell").text.split('name="tone"')[1].partition("</select>")[0]
    assert re.findall(r'<option value="(\w+)"[^>]*>([^<]+)</option>', offered) == [
        ("soft", "Hardly to be heard"),
        ("very_loud", "Very loud"),
    ]

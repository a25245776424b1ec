"""A plugin offers to try what its settings lead to; its page has the button and says how it ended."""

import pytest
from plugins.backoffice.tests.staff_client import post, signed_in
from pydantic import BaseModel, SecretStr
from sqlalchemy import select

from marketry import Problem, Refused
from marketry.audit import AuditRow
from marketry.connections import ConnectionResult, ConnectionTest
from marketry.outbound import Unreachable
from marketry.plugins.manifest import Plugin
from marketry.testing import inline_plugin

SECRET = "horse-battery-staple"


class CarrierSettings(BaseModel):
    token: SecretStr = SecretStr("")
    others: list[SecretStr] = []


def answers(ctx):
    return ConnectionResult(True, "The carrier knows you.", {"Account": "acct 17", "Empty": ""})


def refuses(ctx):
    raise Refused(Problem("no", "Ask the carrier for a contract."))


def hangs(ctx):
    raise Unreachable("carrier.example: connection refused")


def breaks(ctx):
    raise RuntimeError(f"bad token {ctx.settings(CarrierSettings).token.get_secret_value()}")


def blabs(ctx):
    told = ctx.settings(CarrierSettings)
    return ConnectionResult(False, f"{told.token.get_secret_value()} is wrong.", {"Sent": told.others[0].get_secret_value()})


def connection_tests():
    return tuple(ConnectionTest(one.__name__, "Carrier", one) for one in (answers, refuses, hangs, breaks, blabs))


CARRIER = inline_plugin(Plugin(id="carrier", title="Carrier", settings=CarrierSettings), connection_tests=connection_tests)


@pytest.fixture
def site(make_site):
    return make_site("backoffice", extra=[CARRIER], more=f'[settings.carrier]\ntoken = "{SECRET}"\nothers = ["tr0ub4dor"]')


def tried(client, name):
    return post(client, f"/admin/plugins/carrier/connections/{name}", form_on="/admin/plugins/carrier")


def test_the_page_has_a_button_for_each_test_and_says_how_it_ended(site):
    client = signed_in(site)
    page = client.get("/admin/plugins/carrier").text
    assert page.count("Test the connection to Carrier") == 5
    done = tried(client, "answers")
    assert done.status_code == 200
    assert "Carrier: it works" in done.text
    assert "The carrier knows you." in done.text
    assert '<dt class="definition__term">Account</dt><dd class="definition__value">acct 17</dd>' in done.text
    assert "Empty" not in done.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("refuses", "Ask the carrier for a contract."),
        ("hangs", "No answer: carrier.example: connection refused. Look at the address"),
        ("breaks", "The test itself failed (RuntimeError). The log says more."),
    ],
)
def test_what_goes_wrong_is_told_with_what_to_do_next(site, name, said):
    done = tried(signed_in(site), name)
    assert done.status_code == 200
    assert "Carrier: it doesn&#39;t work yet" in done.text
    assert said in done.text


def test_in_chinese(site):
    client = signed_in(site)
    page = client.get("/zh/admin/plugins/carrier").text
    assert "测试与Carrier的连接" in page
    done = post(client, "/zh/admin/plugins/carrier/connections/hangs", form_on="/zh/admin/plugins/carrier").text
    assert "Carrier：尚未连通" in done
    assert "没有回应" in done


@pytest.mark.parametrize("name", ["breaks", "blabs"])
def test_no_secret_of_the_settings_is_in_the_answer(site, name):
    done = tried(signed_in(site), name).text
    assert SECRET not in done
    assert "tr0ub4dor" not in done
    if name == "blabs":
        assert "[hidden] is wrong." in done


def test_a_trial_is_written_down(site):
    client = signed_in(site)
    tried(client, "answers")
    tried(client, "blabs")
    with site.context().reading() as session:
        rows = session.execute(
            select(AuditRow.subject, AuditRow.details).where(AuditRow.action == "backoffice.connection.tested")
        )
        trail = [tuple(row) for row in rows.all()]
    assert trail == [
        ("plugin:carrier", {"connection": "answers", "ok": True}), ("plugin:carrier", {"connection": "blabs", "ok": False}),
    ]  # fmt: skip


def test_who_may_only_look_has_no_button_and_no_way_in(site):
    client = signed_in(site, {"backoffice.plugin.read"}, "grace@example.com")
    page = client.get("/admin/plugins/carrier").text
    assert "Test the connection" not in page
    token = page.split('name="csrf_token" value="')[1].partition('"')[0]
    assert client.post("/admin/plugins/carrier/connections/answers", data={"csrf_token": token}).status_code == 403


def test_a_form_of_another_page_tries_nothing(site):
    client = signed_in(site)
    assert client.post("/admin/plugins/carrier/connections/answers").status_code == 403
    with site.context().reading() as session:
        assert session.scalars(select(AuditRow.id).where(AuditRow.action == "backoffice.connection.tested")).all() == []


def test_what_nobody_offers_to_try_is_not_there(site):
    client = signed_in(site)
    assert tried(client, "nothing").status_code == 404
    assert "Test the connection" not in client.get("/admin/plugins/backoffice").text


# --- mail -----------------------------------------------------------------------------------------------------------------
def test_the_mail_server_is_tried_from_the_page_of_the_system(make_site):
    site = make_site("backoffice", more=f'[mail]\nsmtp_url = "smtp://shop:{SECRET}@127.0.0.1:9"')
    done = post(signed_in(site), "/admin/system/mail/test", form_on="/admin/system")
    assert done.status_code == 200
    assert "Mail server: it doesn&#39;t work yet" in done.text
    assert "The mail server can&#39;t be reached" in done.text
    assert SECRET not in done.text
    with site.context().reading() as session:
        rows = session.execute(
            select(AuditRow.subject, AuditRow.details).where(AuditRow.action == "backoffice.connection.tested")
        )
        assert [tuple(row) for row in rows.all()] == [("site", {"connection": "mail", "ok": False})]


@pytest.mark.parametrize("password", ["battery#staple", "battery/staple", "battery[staple", "battery\u2100staple"])
def test_an_address_with_a_password_that_splits_it_doesnt_tell_the_password(make_site, password):
    site = make_site("backoffice", more=f'[mail]\nsmtp_url = "smtp://shop:{password}@127.0.0.1:9"')
    done = post(signed_in(site), "/admin/system/mail/test", form_on="/admin/system").text
    assert "The mail server&#39;s address can&#39;t be read" in done
    assert "written as %2F %23 %3F %40 and %25" in done
    assert "battery" not in done

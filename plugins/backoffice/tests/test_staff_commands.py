"""`marketry staff list`, `sign-in-link`, `set-password`, `reset-factor`: with users and without."""

import io
import json

import pytest
from plugins.backoffice.tests.staff_client import post
from plugins.users.tests.staff.office import OWNER, first_step, hire, link_for, phone_of

from marketry.cli.application import run
from marketry.testing.clients import client_of

RELAXED = "[settings.users]\nrequire_second_factor = false\n"


@pytest.fixture
def shop(make_site, monkeypatch):
    runtime = make_site("backoffice", "users", more=RELAXED)
    monkeypatch.setenv("MARKETRY_SITE", str(runtime.site.dir))
    return runtime


def test_staff_are_listed_with_roles_and_second_factor(shop, capsys):
    run(["staff", "create-admin", OWNER])
    hire(shop, "clerk@example.com", "order_clerk")
    phone_of(shop, "clerk@example.com")
    capsys.readouterr()
    assert run(["staff", "list", "--json"]) == 0
    rows = {row["email"]: (row["roles"], row["second_factor"]) for row in json.loads(capsys.readouterr().out)}
    assert rows == {OWNER: (["Owner"], False), "clerk@example.com": (["Order clerk"], True)}


def test_a_password_is_read_from_standard_input_and_lets_in(shop, capsys, monkeypatch):
    run(["staff", "create-admin", OWNER])
    monkeypatch.setattr("sys.stdin", io.StringIO("seven green bottles standing\n"))
    assert run(["staff", "set-password", OWNER, "--stdin"]) == 0
    assert first_step(client_of(shop), OWNER).url.path == "/admin"
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run(["staff", "set-password", OWNER, "--stdin"]) == 1
    assert "at least 8 characters" in capsys.readouterr().err


def test_a_forgotten_factor_is_reset_and_a_link_lets_in_again(shop, capsys):
    run(["staff", "create-admin", OWNER])
    phone_of(shop, OWNER)
    assert run(["staff", "reset-factor", OWNER]) == 0
    capsys.readouterr()
    assert run(["staff", "sign-in-link", OWNER]) == 0
    path = capsys.readouterr().out.strip().removeprefix("http://testserver")
    client = client_of(shop)
    assert post(client, "/admin/enter", form_on=path, token=path.partition("token=")[2]).url.path == "/admin"
    assert run(["staff", "sign-in-link", "nobody@example.com"]) == 1
    assert link_for(shop, OWNER).startswith("/admin/enter?token=")


def test_without_users_there_are_no_passwords_and_links_work(make_site, monkeypatch, capsys):
    site = make_site("backoffice")
    monkeypatch.setenv("MARKETRY_SITE", str(site.site.dir))
    run(["staff", "create-admin", OWNER])
    assert run(["staff", "set-password", OWNER]) == 1
    assert "marketry plugin enable users" in capsys.readouterr().err
    assert run(["staff", "sign-in-link", OWNER]) == 0
    page = client_of(site).get("/admin/sign-in").text
    assert ('name="password"' in page, "marketry staff create-admin" in page) == (False, True)

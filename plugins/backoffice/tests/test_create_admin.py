"""`marketry staff create-admin`: prints a link, and nothing else on stdout."""

from urllib.parse import urlsplit

import pytest
from plugins.backoffice.tests.staff_client import post

from marketry.cli.application import run
from marketry.testing.clients import client_of


@pytest.fixture
def site(make_site, monkeypatch):
    runtime = make_site("backoffice")
    monkeypatch.setenv("MARKETRY_SITE", str(runtime.site.dir))
    return runtime


def test_it_prints_a_link_that_lets_in_with_all_permissions(site, capsys):
    assert run(["staff", "create-admin", "Owner@Example.com"]) == 0
    printed = capsys.readouterr().out.strip()
    assert printed.startswith("http://testserver/admin/enter?token=")
    assert "\n" not in printed
    parts = urlsplit(printed)
    client = client_of(site)
    post(client, "/admin/enter", form_on=f"{parts.path}?{parts.query}", token=parts.query.removeprefix("token="))
    assert [client.get(path).status_code for path in ("/admin", "/admin/plugins", "/admin/audit")] == [200] * 3
    assert "owner@example.com" in client.get("/admin").text


def test_again_it_prints_a_fresh_link_for_the_same_person(site, capsys):
    from sqlalchemy import func, select

    from marketry_backoffice.models import Staff

    links = []
    for _ in range(2):
        assert run(["staff", "create-admin", "owner@example.com"]) == 0
        links.append(capsys.readouterr().out)
    assert links[0] != links[1]
    with site.context().reading() as session:
        assert session.scalar(select(func.count()).select_from(Staff)) == 1


def test_what_is_no_address_is_refused(site, capsys):
    assert run(["staff", "create-admin", "nonsense"]) == 1
    assert "Please give an e-mail address." in capsys.readouterr().err

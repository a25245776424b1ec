"""What docs/json.md says of addresses, permissions and tokens is so."""

import re
from hmac import compare_digest
from pathlib import Path

from pydantic import BaseModel, SecretStr

from marketry import Plugin
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.app import create_app
from marketry.web.routing import listed_routes
from marketry.web.values import Actor, ActorKind

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "json.md").read_text()


def test_every_address_of_the_steps_exists(make_site):
    runtime = make_site("catalog", "orders")
    routes = {(r["method"], r["path"]) for r in listed_routes(create_app(runtime))}
    steps = re.findall(r"^cart (GET|POST|PUT) (/[\w-]+)", PAGE, re.M)
    assert len(steps) >= 7
    assert {(method, f"/api/v1/carts/{{cart}}{path}") for method, path in steps} - routes == set()


def test_the_table_for_staff_names_every_deed_with_its_permission(make_site):
    runtime = make_site("orders")
    prefix = "/api/v1/admin/orders/{number}/"
    served = {
        (r["path"].removeprefix(prefix), r["access"]) for r in listed_routes(create_app(runtime)) if r["path"].startswith(prefix)
    }
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \(`([\w.]+)`\) \|", PAGE, re.M)
    assert {(deed, code) for deeds, code in rows for deed in re.findall(r"`(\w+)`", deeds)} == served


def test_a_plugin_lets_programs_in_by_their_token(make_site):
    class TillSettings(BaseModel):
        token: SecretStr = SecretStr("")

    names = {"TillSettings": TillSettings, "Actor": Actor, "ActorKind": ActorKind, "compare_digest": compare_digest}
    code = PAGE.rpartition("```python\n")[2].partition("```")[0].replace("@hookimpl\n", "")
    exec(code.replace(": Context", "").replace(": Request", ""), names)
    till = inline_plugin(Plugin("till", "Till", settings=TillSettings), resolve_actor=names["resolve_actor"])
    client = client_of(make_site("orders", extra=[till], more='[settings.till]\ntoken = "t0ps3cret"'))
    answers = [
        client.get("/api/v1/admin/orders", headers={"Authorization": f"Bearer {token}"}).status_code
        for token in ("t0ps3cret", "wrong", "")
    ]
    assert answers == [200, 401, 401]

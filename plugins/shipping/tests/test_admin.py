"""Staff edit zones and methods; each page and deed by its permission; what is refused changes nothing."""

import re

import pytest
from sqlalchemy import select

from marketry.audit import AuditRow
from marketry.plugins.manifest import Plugin
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM, Actor, ActorKind
from marketry_shipping.api import ensure_default_zones
from marketry_shipping.models import Band, Method, Zone

READ, WRITE = "shipping.method.read", "shipping.method.write"
ZONE = {"code": "islands", "name.en": "Islands", "name.zh": "岛屿", "countries": "US, de", "regions": "Hawaii", "priority": "5"}
METHOD = {
    "code": "boat", "label.en": "Boat", "estimate.en": "two weeks", "active": "1", "position": "7",
    "bands.0.currency": "USD", "bands.0.price": "9.95", "bands.0.max_weight": "2000",
    "bands.1.currency": "JPY", "bands.1.price": "1200", "bands.1.from_subtotal": "5000", "bands.1.max_weight": "",
    "bands.2.currency": "USD", "bands.2.price": "", "bands.2.max_weight": "",
}  # fmt: skip


class Staff:
    """Who acts in every request of the site; changed by the test."""

    permissions = frozenset({READ, WRITE})

    def resolve_actor(self, ctx, request):
        return Actor(ActorKind.STAFF, "staff:1", "Ada", self.permissions)


@pytest.fixture
def staff():
    return Staff()


@pytest.fixture
def site(make_site, database, staff):
    door = inline_plugin(Plugin(id="door", title="Door"), resolve_actor=lambda ctx, request: staff.resolve_actor(ctx, request))
    runtime = make_site("shipping", extra=[door])
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing():
        ensure_default_zones(ctx)
    return runtime


@pytest.fixture
def client(site):
    return client_of(site)


def send(client, path, fields=None):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    return client.post(path, data={"csrf_token": token[1] if token else "", **(fields or {})}, follow_redirects=False)


def stored(site, what):
    with site.context().reading() as session:
        return session.scalars(select(what)).all()


def test_a_zone_is_created_with_its_places(site, client):
    answer = send(client, "/admin/shipping/zones/new", ZONE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/shipping/zones/islands")
    zone = next(z for z in stored(site, Zone) if z.code == "islands")
    assert (zone.name, zone.countries, zone.regions, zone.postal_prefixes, zone.priority) == (
        {"en": "Islands", "zh": "岛屿"}, ["US", "DE"], ["Hawaii"], [], 5,
    )  # fmt: skip
    page = client.get("/admin/shipping").text
    assert page.index("Islands") < page.index("Domestic") < page.index("Rest of the world")


def test_a_method_is_created_changed_and_deleted_with_its_prices(site, client):
    send(client, "/admin/shipping/zones/new", ZONE)
    assert send(client, "/admin/shipping/zones/islands/methods/new", METHOD).status_code == 303
    boat = next(m for m in stored(site, Method) if m.code == "boat")
    assert (boat.label, boat.estimate, boat.active, boat.position) == ({"en": "Boat"}, {"en": "two weeks"}, True, 7)
    bands = [(b.currency, b.price, b.max_weight, b.min_subtotal) for b in stored(site, Band) if b.method_id == boat.id]
    assert sorted(bands) == [("JPY", 1200, None, 5000), ("USD", 995, 2000, 0)]

    page = client.get("/admin/shipping/zones/islands/methods/boat").text
    assert 'name="bands.1.price" type="text" value="9.95"' in page
    changed = {**METHOD, "bands.0.price": "0", "bands.1.price": "", "bands.1.from_subtotal": ""}
    changed.pop("active")
    assert send(client, "/admin/shipping/zones/islands/methods/boat", changed).status_code == 303
    boat = next(m for m in stored(site, Method) if m.code == "boat")
    assert boat.active is False
    assert [(b.currency, b.price) for b in stored(site, Band) if b.method_id == boat.id] == [("USD", 0)]

    assert send(client, "/admin/shipping/zones/islands/methods/boat/delete").status_code == 303
    assert "boat" not in [m.code for m in stored(site, Method)]


def test_a_deleted_zone_takes_its_methods_and_prices_along(site, client):
    assert send(client, "/admin/shipping/zones/domestic/delete").status_code == 303
    assert [z.code for z in stored(site, Zone)] == ["world"]
    assert [m.code for m in stored(site, Method)] == ["standard"]
    assert {b.method_id for b in stored(site, Band)} == {m.id for m in stored(site, Method)}


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("zones/new", {**ZONE, "code": "No Code"}, "code"),
        ("zones/new", {**ZONE, "name.en": ""}, "name.en"),
        ("zones/new", {**ZONE, "name.fr": "Îles"}, "name.fr"),
        ("zones/new", {**ZONE, "countries": "US, Atlantis"}, "countries"),
        ("zones/new", {**ZONE, "priority": "-1"}, "priority"),
        ("zones/new", {**ZONE, "priority": "first"}, "priority"),
        ("zones/domestic/methods/new", {**METHOD, "bands.0.price": "-1"}, "bands.0.price"),
        ("zones/domestic/methods/new", {**METHOD, "bands.0.price": "9.999"}, "bands.0.price"),
        ("zones/domestic/methods/new", {**METHOD, "bands.1.price": "12.5"}, "bands.1.price"),
        ("zones/domestic/methods/new", {**METHOD, "bands.0.max_weight": "0"}, "bands.0.max_weight"),
        ("zones/domestic/methods/new", {**METHOD, "bands.2.from_subtotal": "5"}, "bands.2.price"),
        ("zones/domestic/methods/new", {**METHOD, "label.en": ""}, "label.en"),
    ],
)
def test_what_does_not_fit_is_refused_by_field_and_nothing_changes(site, client, path, fields, field):
    answer = send(client, f"/admin/shipping/{path}", fields)
    assert answer.status_code == 422
    assert f'href="#f-{field.replace(".", "-")}"' in answer.text
    assert [z.code for z in stored(site, Zone)] == ["domestic", "world"]
    assert len(stored(site, Method)) == 3


def test_a_code_in_use_is_refused(site, client):
    assert send(client, "/admin/shipping/zones/new", {**ZONE, "code": "world"}).status_code == 409
    method = {**METHOD, "code": "express"}
    assert send(client, "/admin/shipping/zones/domestic/methods/new", method).status_code == 409
    assert send(client, "/admin/shipping/zones/world/methods/new", method).status_code == 303


def test_readers_see_everything_and_change_nothing(site, client, staff):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/admin/shipping/zones/domestic").text)[1]
    staff.permissions = frozenset({READ})
    pages = ["", "/zones/domestic", "/zones/domestic/methods/standard"]
    assert [client.get(f"/admin/shipping{page}").status_code for page in pages] == [200, 200, 200]
    forms = ["/zones/new", "/zones/domestic/delete", "/zones/domestic/methods/new", "/zones/domestic/methods/standard/delete"]
    assert [client.get(f"/admin/shipping{page}").status_code for page in forms] == [403] * 4
    deeds = [*forms, "/zones/domestic", "/zones/domestic/methods/standard"]
    answers = [client.post(f"/admin/shipping{deed}", data={"csrf_token": token, **ZONE}) for deed in deeds]
    assert [answer.status_code for answer in answers] == [403] * 6
    assert (len(stored(site, Zone)), len(stored(site, Method))) == (2, 3)
    staff.permissions = frozenset()
    assert [client.get(f"/admin/shipping{page}").status_code for page in pages] == [403] * 3


def test_every_deed_is_written_down(site, client):
    send(client, "/admin/shipping/zones/new", ZONE)
    send(client, "/admin/shipping/zones/islands", {**ZONE, "priority": "6"})
    send(client, "/admin/shipping/zones/islands/methods/new", METHOD)
    send(client, "/admin/shipping/zones/islands/methods/boat", METHOD)
    send(client, "/admin/shipping/zones/islands/methods/boat/delete")
    send(client, "/admin/shipping/zones/islands/delete")
    with site.context().reading() as session:
        rows = session.execute(select(AuditRow.actor, AuditRow.action).order_by(AuditRow.id)).all()
    assert [tuple(row) for row in rows] == [
        ("staff:1", "shipping.zone.created"), ("staff:1", "shipping.zone.changed"),
        ("staff:1", "shipping.method.created"), ("staff:1", "shipping.method.changed"),
        ("staff:1", "shipping.method.deleted"), ("staff:1", "shipping.zone.deleted"),
    ]  # fmt: skip


def test_a_zone_or_method_that_is_not_there_is_not_found(client):
    for path in ("zones/nowhere", "zones/domestic/methods/none", "zones/nowhere/methods/new", "zones/nowhere/delete"):
        assert client.get(f"/admin/shipping/{path}").status_code == 404

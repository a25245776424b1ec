"""What machines read: health, figures, robots, the description of the JSON surface, static files."""

from pathlib import Path

import pytest
from pydantic import BaseModel
from sqlalchemy.engine import make_url

from marketry.web import Router, permission, public
from marketry.web.assets import assets_of
from marketry.web.routing import listed_routes
from marketry.web.values import Asset, HealthReport

from .conftest import Web, plugin


class Bowl(BaseModel):
    name: str


def test_alive_and_ready_are_two_questions(web: Web) -> None:
    def health() -> list[HealthReport]:
        return [HealthReport("kiln", False, "cold", critical=True), HealthReport("glaze", False, "low")]

    client = web(plugin("bowls", health=health))
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": [
            {"name": "database", "ok": True, "detail": ""}, {"name": "kiln", "ok": False, "detail": "cold"},
            {"name": "glaze", "ok": False, "detail": "low"},
        ],
    }  # fmt: skip


def test_what_isnt_critical_doesnt_take_the_site_off_line(web: Web) -> None:
    assert web(plugin("bowls", health=lambda: [HealthReport("glaze", False)])).get("/readyz").status_code == 200


def test_a_database_that_is_away_is_told_without_its_address(web: Web) -> None:
    client = web()
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    runtime.database.close()
    file = Path(make_url(runtime.site.database_url).database or "")
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.mkdir()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == [{"name": "database", "ok": False, "detail": "does not answer"}]


def test_figures_count_by_route_and_are_for_this_machine_or_its_token_alone(web: Web) -> None:
    client = web()
    client.get("/robots.txt")
    client.get("/made-up-path")
    figures = client.get("/metrics").text
    assert 'marketry_requests_total{method="GET",route="/robots.txt",status="200"}' in figures
    assert "made-up-path" not in figures
    assert client.get("/metrics", headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 404
    guarded = web(more='[metrics]\ntoken = "let-me-in"', folder="guarded")
    assert guarded.get("/metrics").status_code == 404
    assert guarded.get("/metrics", headers={"Authorization": "Bearer let-me-in"}).status_code == 200


def test_robots_stay_out_of_personal_pages_in_every_language(web: Web) -> None:
    lines = web().get("/robots.txt").text.splitlines()
    assert {"Disallow: /cart", "Disallow: /zh/cart", "Disallow: /admin", "Disallow: /api/"} < set(lines)
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


def test_the_description_covers_the_json_surface_and_nothing_else(web: Web) -> None:
    api, shop = Router(), Router()

    @api.post("/bowls/{slug}")
    @public
    def make(slug: str, bowl: Bowl) -> Bowl:
        return bowl

    shop.get("/bowls")(public(lambda: None))
    described = web(plugin("bowls", api, "api"), plugin("cups", shop)).get("/api/v1/openapi.json").json()
    assert list(described["paths"]) == ["/api/v1/bowls/{slug}"]
    responses = described["paths"]["/api/v1/bowls/{slug}"]["post"]["responses"]
    assert list(responses) == ["200", "4XX"]
    assert responses["4XX"]["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert set(described["components"]["schemas"]) == {"Bowl", "Problem"}


def test_every_mounted_route_is_listed_with_who_may_call_it(web: Web, router: Router) -> None:
    router.get("/bowls")(lambda: None)
    router.post("/bowls")(public(lambda: None))
    router.delete("/bowls")(permission("bowls.bowl.write")(lambda: None))
    rows = listed_routes(web(plugin("bowls", router)).app)  # type: ignore[arg-type]
    assert [(row["method"], row["access"]) for row in rows if row["plugin"] == "bowls"] == [
        ("DELETE", "bowls.bowl.write"), ("GET", "open"), ("POST", "public"),
    ]  # fmt: skip
    assert {"method": "GET", "path": "/healthz", "access": "open", "plugin": "the kernel"} in rows


def test_a_static_file_is_kept_for_ever_under_its_hash_and_the_site_may_replace_it(web: Web, tmp_path: Path) -> None:
    (tmp_path / "site" / "static" / "marketry").mkdir(parents=True)
    (tmp_path / "site" / "static" / "bowls").mkdir()
    (tmp_path / "site" / "static" / "bowls" / "bowls.js").write_text("let bowl")
    (tmp_path / "site" / "static" / "marketry" / "islands.js").write_text("ours")
    client = web(plugin("bowls", assets=lambda area: [Asset("bowls/bowls.js")] if area == "shop" else []))
    assets = assets_of(client.app.state.runtime)  # type: ignore[attr-defined]
    answer = client.get(assets.url("bowls/bowls.js"))
    assert (answer.text, answer.headers["content-type"]) == ("let bowl", "text/javascript; charset=utf-8")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get(assets.url("marketry/islands.js")).text == "ours"
    assert client.get("/static/another-release/bowls/bowls.js").headers["cache-control"] == "no-cache"
    assert f'<script src="{assets.url("bowls/bowls.js")}" type="module"></script>' in assets.elements("shop")
    assert "bowls.js" not in assets.elements("admin")
    with pytest.raises(KeyError, match=r"no static file 'bowls/bowl\.js'"):
        assets.url("bowls/bowl.js")


@pytest.mark.parametrize("name", ["../marketry.toml", "%2e%2e/marketry.toml", "bowls/%2e%2e/%2e%2e/marketry.toml", ".env", ""])
def test_nothing_outside_the_static_folders_is_served(web: Web, name: str) -> None:
    client = web()
    release = assets_of(client.app.state.runtime).hash  # type: ignore[attr-defined]
    assert client.get(f"/static/{release}/{name}").status_code == 404


def test_a_changed_file_changes_the_name_of_all(web: Web, tmp_path: Path) -> None:
    """Modules and stylesheets import each other by relative names, so one hash stands for all of them."""
    before = assets_of(web().app.state.runtime).hash  # type: ignore[attr-defined]
    (tmp_path / "site" / "static").mkdir()
    (tmp_path / "site" / "static" / "x.css").write_text("a{}")
    assert assets_of(web().app.state.runtime).hash != before  # type: ignore[attr-defined]
